import { badRequest, createError } from '../../../errors.ts'
import type { ContentPart, ToolCall, ToolMessage } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'
import { expectArray, expectObject, expectString, fieldNames, readFields, without } from './fields.ts'
import { decodeMedia, encodeMedia } from './media.ts'
import { isGemini3 } from './model-family.ts'

/** LiteLLM hides a signature behind the id for clients that keep nothing else. */
const SIGNATURE_MARK = '__thought__'
/** Accepted where a call came from elsewhere. Source: https://ai.google.dev/gemini-api/docs/thought-signatures */
const UNSIGNED = 'skip_thought_signature_validator'
const CALL_FIELDS = new Set(['id', 'name', 'args', '__proto__'])
const RESPONSE_FIELDS = fieldNames('willContinue')
const RESPONSE_PART_FIELDS = fieldNames('inlineData', 'fileData')

/** A tool call → a `functionCall` part. Gemini 3 refuses the first call of a step without a signature. */
export function encodeFunctionCall(call: ToolCall, first: boolean, path: string, info: CallInfo): JsonObject {
  const given = expectObject(call.function, `${path}.function`)
  const name = expectString(given.name, `${path}.function.name`)
  const functionCall = { id: bareId(call.id), name, args: parseArguments(given.arguments, path) }
  const signature = signatureOf(call)
  if (signature !== undefined) return { functionCall, thoughtSignature: signature }
  if (!first || !isGemini3(info.model)) return { functionCall }
  info.warn({
    action: 'approximated',
    param: `${path}.provider_specific_fields.thought_signature`,
    reason: 'missing; this model needs one, so its check was switched off',
  })
  return { functionCall, thoughtSignature: UNSIGNED }
}

function parseArguments(given: unknown, path: string): JsonObject {
  const at = `${path}.function.arguments`
  if (given == null || given === '') return {}
  if (typeof given === 'string')
    try {
      const parsed: unknown = JSON.parse(given)
      if (isJsonObject(parsed)) return parsed
    } catch {
      // The same complaint as for JSON that is no object.
    }
  throw badRequest(`${at}: must be the text of a JSON object.`, at)
}

function bareId(id: string): string {
  const mark = id.indexOf(SIGNATURE_MARK)
  return mark === -1 ? id : id.slice(0, mark)
}

function signatureOf(call: ToolCall): string | undefined {
  for (const holder of [call.provider_specific_fields, call.function.provider_specific_fields])
    if (isJsonObject(holder) && typeof holder.thought_signature === 'string') return holder.thought_signature
  const mark = call.id.indexOf(SIGNATURE_MARK)
  return mark === -1 ? undefined : call.id.slice(mark + SIGNATURE_MARK.length)
}

/** A `functionCall` part → a tool call with `id` where the part has none. */
export function decodeFunctionCall(part: JsonObject, id: string): ToolCall {
  const call = isJsonObject(part.functionCall) ? part.functionCall : {}
  const signature = part.thoughtSignature
  const specific: JsonObject = {
    ...without(call, CALL_FIELDS),
    ...(typeof signature === 'string' && { thought_signature: signature }),
  }
  return {
    id: typeof call.id === 'string' && call.id !== '' ? call.id : id,
    type: 'function',
    function: { name: textOf(call.name), arguments: JSON.stringify(call.args ?? {}) },
    ...(Object.keys(specific).length > 0 && { provider_specific_fields: specific }),
  }
}

/** A tool message → its `functionResponse` part, followed by the media an older model takes beside it. */
export function encodeToolMessage(
  message: ToolMessage,
  names: ReadonlyMap<string, string>,
  path: string,
  info: CallInfo,
): JsonObject[] {
  const id = expectString(message.tool_call_id, `${path}.tool_call_id`)
  const name = names.get(id) ?? message.name
  if (name === undefined)
    throw badRequest(
      `${path}.tool_call_id: no earlier assistant message has a tool call "${id}". Send the call before its result.`,
      `${path}.tool_call_id`,
    )
  const texts: string[] = []
  const media: JsonObject[] = []
  if (typeof message.content === 'string') texts.push(message.content)
  else
    for (const [index, part] of expectArray(message.content, `${path}.content`).entries())
      encodeResultPart(part as ContentPart, `${path}.content[${index}]`, texts, media, info)
  const nested = media.length > 0 && isGemini3(info.model)
  const functionResponse = {
    id: bareId(id),
    name,
    response: message.is_error === true ? { error: texts.join('\n') } : encodeResult(texts.join('\n')),
    ...(nested && { parts: media }),
  }
  return nested ? [{ functionResponse }] : [{ functionResponse }, ...media]
}

function encodeResultPart(
  part: ContentPart,
  path: string,
  texts: string[],
  media: JsonObject[],
  info: CallInfo,
): void {
  if (part.type === 'text' && typeof part.text === 'string') {
    texts.push(part.text)
    return
  }
  const encoded = encodeMedia(part, path, info)
  if (encoded === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `${path}.type: "${part.type}" cannot stand in a tool result for Gemini. Send text or media.`,
      param: `${path}.type`,
    })
  media.push(encoded)
}

/** `response` must be an object: JSON objects as they are, all else under `result`; failures stand under `error`. */
function encodeResult(text: string): JsonObject {
  if (text.trimStart().startsWith('{'))
    try {
      const parsed: unknown = JSON.parse(text)
      if (isJsonObject(parsed)) return parsed
    } catch {
      // Text that only looks like JSON.
    }
  return { result: text }
}

/** Which tool calls of a Gemini conversation still wait for their result: by id, else by name and order. */
export class OpenCalls {
  private readonly open: ToolCall[] = []

  add(call: ToolCall): void {
    this.open.push(call)
  }

  take(id: unknown, name: string, path: string): string {
    const byId = typeof id === 'string' && id !== '' ? this.open.findIndex(call => call.id === id) : -1
    const index = byId === -1 ? this.open.findIndex(call => call.function.name === name) : byId
    const [call] = index === -1 ? [] : this.open.splice(index, 1)
    if (call !== undefined) return call.id
    throw badRequest(
      `${path}.name: no unanswered functionCall "${name}" comes before this functionResponse. Send the model's call first, and answer it once.`,
      `${path}.name`,
    )
  }
}

/** A `functionResponse` part → the tool message that answers its call. */
export function decodeFunctionResponse(
  value: unknown,
  calls: OpenCalls,
  path: string,
  info: InboundInfo,
): ToolMessage {
  const given = readFields(expectObject(value, path), RESPONSE_FIELDS)
  const name = expectString(given.name, `${path}.name`)
  for (const key of ['willContinue', 'scheduling'])
    if (given[key] != null)
      info.warn({ action: 'ignored', param: `${path}.${key}`, reason: 'results are taken as final' })
  const response = given.response == null ? {} : expectObject(given.response, `${path}.response`)
  const failure = onlyText(response, 'error')
  const text = failure ?? onlyText(response, 'result') ?? JSON.stringify(response)
  const parts = given.parts == null ? [] : expectArray(given.parts, `${path}.parts`)
  const media = parts.map((part, index) => {
    const at = `${path}.parts[${index}]`
    return decodeMedia(readFields(expectObject(part, at), RESPONSE_PART_FIELDS), at)
  })
  return {
    role: 'tool',
    tool_call_id: calls.take(given.id, name, path),
    content: media.length === 0 ? text : [{ type: 'text', text }, ...media],
    ...(failure !== undefined && { is_error: true }),
  }
}

/** The text under `key`, when the response says nothing else. */
function onlyText(response: JsonObject, key: string): string | undefined {
  const value = response[key]
  return typeof value === 'string' && Object.keys(response).length === 1 ? value : undefined
}
