import type { ChatMessage, ChatTool } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf, wordOf } from '../../types/json.ts'
import { encodeCohereTools, historyOf } from '../bedrock-invoke/cohere-history.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { stopTexts } from '../stop-texts.ts'
import { addressed, replaceFields } from './body.ts'
import { decodeError } from './errors.ts'
import { lateError, settleUsage } from './reply.ts'

/** OpenAI's parameters under Oracle's names. */
const NAMES = {
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  seed: 'seed',
  temperature: 'temperature',
  top_k: 'topK',
  top_p: 'topP',
} as const

const PARAMS: ReadonlySet<string> = new Set([
  ...Object.keys(NAMES),
  ...['max_completion_tokens', 'max_tokens', 'response_format', 'stop', 'tool_choice', 'tools'],
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'user', 'metadata'])

const FINISHES: Readonly<Record<string, string>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  ERROR_LIMIT: 'length',
  ERROR_TOXIC: 'content_filter',
  ERROR: 'error',
  USER_CANCEL: 'error',
}

/** Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/CohereChatRequest */
function encodeCohere(body: JsonObject, info: CallInfo): void {
  const said = historyOf(body.messages as ChatMessage[], info)
  if ((body.messages as ChatMessage[]).slice(1).some(({ role }) => role === 'system' || role === 'developer'))
    info.warn({
      action: 'approximated',
      param: 'messages',
      reason: 'the system speaks first at this model; all its words were joined there',
    })
  const limit = body.max_completion_tokens ?? body.max_tokens
  const stops = stopTexts(body.stop, info)
  const tools = isJsonArray(body.tools) && body.tool_choice !== 'none' ? (body.tools as ChatTool[]) : []
  if (body.tool_choice === 'none' && isJsonArray(body.tools))
    info.warn({
      action: 'approximated',
      param: 'tool_choice',
      reason: 'the tools were left out, for this model has no such choice',
    })
  const chatRequest: JsonObject = {
    apiFormat: 'COHERE',
    message: said.message,
    isStream: info.stream,
    ...(info.stream && { streamOptions: { isIncludeUsage: true } }),
    ...(said.preamble !== '' && { preambleOverride: said.preamble }),
    ...(said.chat_history.length > 0 && { chatHistory: said.chat_history.map(spelled) }),
    ...(said.tool_results.length > 0 && { toolResults: said.tool_results }),
    ...(limit != null && { maxTokens: limit }),
    ...(stops && { stopSequences: stops }),
    ...(tools.length > 0 && { tools: encodeCohereTools(tools, info).map(spelledTool) }),
    ...(isJsonObject(body.response_format) && { responseFormat: encodeFormat(body.response_format) }),
    ...without(body, OWN),
  }
  for (const [name, theirs] of Object.entries(NAMES)) if (body[name] != null) chatRequest[theirs] = body[name]
  replaceFields(body, addressed({ chatRequest }, info))
}

function spelled({ tool_calls: calls, tool_results: results, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(calls !== undefined && { toolCalls: calls }),
    ...(results !== undefined && { toolResults: results }),
  }
}

function spelledTool({ parameter_definitions: definitions, ...rest }: JsonObject): JsonObject {
  const entries = Object.entries(isJsonObject(definitions) ? definitions : {}).map(([name, given]) => {
    const { required, ...definition } = isJsonObject(given) ? given : ({} as JsonObject)
    return [name, { ...definition, isRequired: required === true }]
  })
  return { ...rest, parameterDefinitions: Object.fromEntries(entries) }
}

function encodeFormat(format: JsonObject): JsonObject {
  if (format.type === 'text') return { type: 'TEXT' }
  const described = isJsonObject(format.json_schema) ? format.json_schema : {}
  return { type: 'JSON_OBJECT', ...(described.schema != null && { schema: described.schema }) }
}

/** A reply, or one event of its stream, in OpenAI's words. The last event repeats the whole text. */
function settleCohere(info: CallInfo): (reply: JsonObject) => void {
  let streamed = 0
  let called = 0
  return reply => {
    const whole = isJsonObject(reply.chatResponse) ? reply.chatResponse : undefined
    const error = whole ? undefined : lateError(reply)
    if (error) return replaceFields(reply, { error })
    const from = whole ?? reply
    if (
      whole === undefined &&
      from.text === undefined &&
      from.finishReason === undefined &&
      from.usage === undefined
    )
      return replaceFields(reply, { choices: [] })
    const text = streamed > 0 && from.finishReason != null ? '' : textOf(from.text)
    streamed += text.length
    const calls = (isJsonArray(from.toolCalls) ? from.toolCalls.filter(isJsonObject) : []).map(call => ({
      ...(whole === undefined && { index: called }),
      id: `call_${info.id}_${called++}`,
      type: 'function',
      function: { name: call.name, arguments: JSON.stringify(call.parameters ?? {}) },
    }))
    const citations = isJsonArray(from.citations) && from.citations.length > 0 ? from.citations : undefined
    const message = {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || !whole) ? null : text,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(citations && { provider_specific_fields: { citations } }),
    }
    const usage = settleUsage(from.usage)
    replaceFields(reply, {
      ...(typeof reply.modelId === 'string' && { model: reply.modelId }),
      choices: [
        { index: 0, [whole ? 'message' : 'delta']: message, finish_reason: finishOf(from, called > 0) },
      ],
      ...(usage && { usage }),
    })
  }
}

/** The vendor's own word goes on when it is not known, for the reader of OpenAI's replies to note. */
function finishOf({ finishReason: native }: JsonObject, called: boolean): string | null {
  if (native == null) return null
  const reason = FINISHES[wordOf(native)] ?? wordOf(native).toLowerCase()
  return called && reason === 'stop' ? 'tool_calls' : reason
}

const shaped = openaiChatWith({ adjust: encodeCohere, settle: settleCohere })

/** OCI's chat format for Cohere's Command models. */
export const ociCohereChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'oci-cohere-chat',
  framing: 'sse',
  upstream: {
    ...shaped.upstream,
    params: PARAMS,
    unsaid: ['audio', 'images', 'others', 'refusal', 'schema', 'strict'],
    decodeError: (status, body) => decodeError(status, body) ?? shaped.upstream.decodeError?.(status, body),
  },
}
