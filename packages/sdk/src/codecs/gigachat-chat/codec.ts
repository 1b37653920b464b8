import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { openaiChatWith } from '../openai-chat/codec.ts'
import { encodeMessages } from './messages.ts'

const PARAMS: ReadonlySet<string> = new Set([
  ...[
    'function_call',
    'functions',
    'max_tokens',
    'response_format',
    'temperature',
    'tool_choice',
    'tools',
    'top_p',
  ],
])

/** Formats that are the default, or asked for in other words. */
const SPOKEN_FORMATS = new Set(['text', 'json_object', 'json_schema'])

function encodeChat(body: JsonObject, info: CallInfo): void {
  body.messages = encodeMessages(body.messages as JsonObject[], info)
  const { tools, tool_choice: choice } = body
  delete body.tools
  delete body.tool_choice
  if (isJsonObject(body.response_format) && !SPOKEN_FORMATS.has(String(body.response_format.type)))
    info.warn({ action: 'dropped', param: 'response_format', reason: 'GigaChat knows no such format' })
  delete body.response_format
  if (isJsonArray(tools) && tools.length > 0) {
    body.functions = tools.filter(isJsonObject).map(encodeFunction)
    body.function_call = encodeChoice(choice, tools, info)
  }
}

/** A function without parameters has an empty object of them. */
function encodeFunction({ function: described }: JsonObject): JsonObject {
  const { name, description, parameters, ...rest } = isJsonObject(described) ? described : ({} as JsonObject)
  delete rest.strict
  return {
    name,
    ...(description != null && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    ...rest,
  }
}

function encodeChoice(choice: unknown, tools: unknown[], info: CallInfo): unknown {
  if (choice === 'none') return 'none'
  if (isJsonObject(choice) && isJsonObject(choice.function)) return { name: choice.function.name }
  if (choice !== 'required') return 'auto'
  const [only] = tools
  if (tools.length === 1 && isJsonObject(only) && isJsonObject(only.function))
    return { name: only.function.name }
  info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'GigaChat can be made to call one named function, not any; sent as "auto"',
  })
  return 'auto'
}

/** Puts a reply, or each chunk of a stream, into OpenAI's words. */
function settleReply(info: CallInfo): (reply: JsonObject) => void {
  let called = 0
  return reply => {
    settleUsage(reply)
    if (!isJsonArray(reply.choices)) return
    for (const choice of reply.choices.filter(isJsonObject)) {
      const streams = isJsonObject(choice.delta)
      const message = isJsonObject(choice.delta) ? choice.delta : choice.message
      if (isJsonObject(message) && settleMessage(message, info, streams, called)) called++
      if (choice.finish_reason === 'function_call') choice.finish_reason = 'tool_calls'
      if (choice.finish_reason === 'blacklist') {
        choice.finish_reason = 'content_filter'
        choice.provider_specific_fields = { native_finish_reason: 'blacklist' }
      }
    }
  }
}

/** True when the message holds a call. Built-in functions tell how far they are, which is no part of the answer. */
function settleMessage(message: JsonObject, info: CallInfo, streams: boolean, called: number): boolean {
  const { function_call: call, functions_state_id: state, role, content } = message
  const specific: JsonObject = {}
  if (typeof state === 'string') specific.functions_state_id = state
  if (role === 'function_in_progress') {
    specific.progress = content
    message.role = 'assistant'
    message.content = null
  }
  delete message.functions_state_id
  if (Object.keys(specific).length > 0) message.provider_specific_fields = specific
  if (!isJsonObject(call)) return false
  delete message.function_call
  const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {})
  message.tool_calls = [
    {
      ...(streams && { index: called }),
      id: `call_${info.id}_${called}`,
      type: 'function',
      function: { name: textOf(call.name), arguments: args },
    },
  ]
  if (content === '') message.content = null
  return true
}

/** What was read from the cache is counted apart from the prompt. */
function settleUsage(reply: JsonObject): void {
  if (!isJsonObject(reply.usage)) return
  const {
    precached_prompt_tokens: cached,
    prompt_tokens: prompt,
    completion_tokens: completion,
  } = reply.usage
  if (typeof cached !== 'number' || typeof prompt !== 'number' || typeof completion !== 'number') return
  reply.usage = {
    prompt_tokens: prompt + cached,
    completion_tokens: completion,
    total_tokens: prompt + cached + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
}

const shaped = openaiChatWith({
  adjust: encodeChat,
  settle: settleReply,
  streamUsage: false,
  developerRole: false,
  names: false,
  schemaByTool: () => true,
})

/** GigaChat's chat: OpenAI's first shape of functions. Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-chat */
export const gigachatChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'gigachat-chat',
  framing: 'sse',
  upstream: {
    ...shaped.upstream,
    params: PARAMS,
    unsaid: ['audio', 'choice', 'images', 'others', 'refusal', 'strict'],
  },
}
