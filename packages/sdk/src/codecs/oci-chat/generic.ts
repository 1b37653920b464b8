import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { stopTexts } from '../stop-texts.ts'
import { addressed, replaceFields } from './body.ts'
import { decodeError } from './errors.ts'
import { decodeMessage, encodeMessages } from './messages.ts'
import { lateError, settleLogprobs, settleUsage } from './reply.ts'

/** OpenAI's parameters under Oracle's names. */
const NAMES = {
  frequency_penalty: 'frequencyPenalty',
  logit_bias: 'logitBias',
  max_completion_tokens: 'maxCompletionTokens',
  max_tokens: 'maxTokens',
  metadata: 'metadata',
  n: 'numGenerations',
  parallel_tool_calls: 'isParallelToolCalls',
  presence_penalty: 'presencePenalty',
  seed: 'seed',
  temperature: 'temperature',
  top_k: 'topK',
  top_p: 'topP',
} as const
/** Words that Oracle writes in capitals. */
const WORDS = {
  reasoning_effort: 'reasoningEffort',
  service_tier: 'serviceTier',
  verbosity: 'verbosity',
} as const

const PARAMS: ReadonlySet<string> = new Set([
  ...Object.keys(NAMES),
  ...Object.keys(WORDS),
  ...['logprobs', 'response_format', 'stop', 'thinking', 'tool_choice', 'tools', 'top_logprobs'],
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'user'])

/** Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/GenericChatRequest */
function encodeGeneric(body: JsonObject, info: CallInfo): void {
  const chatRequest: JsonObject = {
    apiFormat: 'GENERIC',
    messages: encodeMessages(body.messages as JsonObject[]),
    isStream: info.stream,
    ...(info.stream && { streamOptions: { isIncludeUsage: true } }),
    ...without(body, OWN),
  }
  for (const [name, theirs] of Object.entries(NAMES)) if (body[name] != null) chatRequest[theirs] = body[name]
  for (const [name, theirs] of Object.entries(WORDS))
    if (typeof body[name] === 'string') chatRequest[theirs] = body[name].toUpperCase()
  const stops = stopTexts(body.stop, info)
  if (stops) chatRequest.stop = stops
  if (body.logprobs === true) chatRequest.logProbs = body.top_logprobs ?? 0
  if (isJsonArray(body.tools)) chatRequest.tools = body.tools.filter(isJsonObject).map(encodeTool)
  if (body.tool_choice != null) chatRequest.toolChoice = encodeChoice(body.tool_choice)
  if (isJsonObject(body.response_format)) chatRequest.responseFormat = encodeFormat(body.response_format)
  replaceFields(body, addressed({ chatRequest }, info))
}

function encodeTool({ function: described }: JsonObject): JsonObject {
  const { name, description, parameters } = isJsonObject(described) ? described : {}
  return {
    type: 'FUNCTION',
    name,
    ...(description != null && { description }),
    ...(parameters != null && { parameters }),
  }
}

function encodeChoice(choice: unknown): JsonObject {
  if (typeof choice === 'string') return { type: choice.toUpperCase() }
  const named = isJsonObject(choice) && isJsonObject(choice.function) ? choice.function.name : undefined
  return { type: 'FUNCTION', name: named }
}

function encodeFormat(format: JsonObject): JsonObject {
  if (format.type !== 'json_schema' || !isJsonObject(format.json_schema))
    return { type: String(format.type).toUpperCase() }
  const { name, description, schema, strict } = format.json_schema
  return {
    type: 'JSON_SCHEMA',
    jsonSchema: {
      name,
      ...(description != null && { description }),
      ...(schema != null && { schema }),
      ...(typeof strict === 'boolean' && { isStrict: strict }),
    },
  }
}

/** A reply, or one event of its stream, in OpenAI's words. */
function settleGeneric(): (reply: JsonObject) => void {
  const calls: string[] = []
  return reply => {
    const { modelId, chatResponse } = reply
    if (isJsonObject(chatResponse)) {
      const choices = isJsonArray(chatResponse.choices)
        ? chatResponse.choices.filter(isJsonObject)
        : undefined
      const seconds = Math.floor(Date.parse(textOf(chatResponse.timeCreated)) / 1000)
      replaceFields(reply, {
        ...(seconds > 0 && { created: seconds }),
        ...(typeof modelId === 'string' && { model: modelId }),
        choices: choices?.map(settleChoice),
        usage: settleUsage(chatResponse.usage),
      })
      return
    }
    const error = lateError(reply)
    if (error) replaceFields(reply, { error })
    else replaceFields(reply, settleChunk(reply, calls))
  }
}

function settleChoice(choice: JsonObject): JsonObject {
  const { message, calls } = decodeMessage(choice.message)
  const logprobs = settleLogprobs(choice.logprobs)
  return {
    index: choice.index ?? 0,
    message: {
      ...message,
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ id, name, arguments: args }) => ({
          id,
          type: 'function',
          function: { name, arguments: textOf(args) },
        })),
      }),
    },
    finish_reason: finishOf(choice.finishReason, calls.length > 0),
    ...(logprobs && { logprobs }),
  }
}

/** Pieces of a call have its id or none; a new id begins the next one. */
function settleChunk(event: JsonObject, begun: string[]): JsonObject {
  const usage = settleUsage(event.usage)
  if (event.message === undefined && event.finishReason === undefined)
    return { choices: [], ...(usage && { usage }) }
  const { message, calls } = decodeMessage(event.message)
  const pieces = calls.map(({ id, name, arguments: args }) => {
    const given = textOf(id)
    const known = given === '' ? begun.length - 1 : begun.indexOf(given)
    if (known >= 0) return { index: known, function: { arguments: textOf(args) } }
    begun.push(given)
    const called = { name: textOf(name), arguments: textOf(args) }
    return { index: begun.length - 1, id: given, type: 'function', function: called }
  })
  const logprobs = settleLogprobs(event.logprobs)
  return {
    choices: [
      {
        index: event.index ?? 0,
        delta: { ...message, ...(pieces.length > 0 && { tool_calls: pieces }) },
        finish_reason: event.finishReason == null ? null : finishOf(event.finishReason, begun.length > 0),
        ...(logprobs && { logprobs }),
      },
    ],
    ...(usage && { usage }),
  }
}

/** Some of the models say "stop" after tool calls too. */
function finishOf(native: unknown, called: boolean): string {
  const reason = textOf(native).toLowerCase()
  return called && (reason === 'stop' || reason === '') ? 'tool_calls' : reason
}

const shaped = openaiChatWith({ adjust: encodeGeneric, settle: settleGeneric })

/** OCI's chat format for all makers' models but Cohere's. */
export const ociGenericChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'oci-generic-chat',
  framing: 'sse',
  upstream: {
    ...shaped.upstream,
    params: PARAMS,
    unsaid: ['audio', 'filename', 'format', 'images', 'others', 'strict'],
    decodeError: (status, body) => decodeError(status, body) ?? shaped.upstream.decodeError?.(status, body),
  },
}
