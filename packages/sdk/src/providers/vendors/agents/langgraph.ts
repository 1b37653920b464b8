import type { CallInfo, Codec, WireRequest } from '../../../codecs/codec.ts'
import { without } from '../../../codecs/gemini/request/fields.ts'
import { decodeError, decodeLateError } from '../../../codecs/openai-chat/errors/errors.ts'
import { createError } from '../../../errors.ts'
import type {
  ChatChunk,
  ChatDelta,
  ChatMessage,
  ChatRequest,
  ChatResponse,
  FinishReason,
} from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import type { Provider } from '../../provider.ts'
import { agentKey } from './agent-key.ts'
import { AGENT_PARAMS } from './agent-params.ts'

/** Everything else is a run's own: `config`, `context`, `metadata`, `webhook`, `interrupt_before` … */
const OWN = new Set(['model', 'messages', 'input', 'stream', 'stream_options', 'n', 'user'])
const ROLES: Readonly<Record<string, string>> = { user: 'human', assistant: 'ai', developer: 'system' }

/** Runs without a thread. Source: https://docs.langchain.com/langsmith/agent-server-api/stateless-runs */
const runs: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'langgraph-runs',
  framing: 'sse',
  upstream: {
    params: new Set(['metadata']),
    unsaid: ['audio', 'cache_control', 'images', 'others', 'reasoning', 'refusal', 'thinking'],
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const input: JsonObject = isJsonObject(request.input) ? request.input : {}
  return {
    path: info.stream ? '/runs/stream' : '/runs/wait',
    body: {
      ...without(request, OWN),
      assistant_id: info.model,
      input: { ...input, messages: request.messages.map(encodeMessage) },
      ...(info.stream && { stream_mode: ['messages-tuple', 'values'] }),
    },
  }
}

/** LangChain's messages, which have OpenAI's parts and calls with parsed arguments. */
function encodeMessage(message: ChatMessage): JsonObject {
  const { role, content, name, tool_call_id: answered, tool_calls: calls } = message
  return {
    role: ROLES[role] ?? role,
    content: content ?? '',
    ...(typeof name === 'string' && { name }),
    ...(typeof answered === 'string' && { tool_call_id: answered }),
    ...(isJsonArray(calls) && calls.length > 0 && { tool_calls: calls.filter(isJsonObject).map(encodeCall) }),
  }
}

function encodeCall(call: JsonObject): JsonObject {
  const called = isJsonObject(call.function) ? call.function : {}
  let args: unknown
  try {
    args = JSON.parse(textOf(called.arguments) || '{}')
  } catch {
    args = { raw_arguments: called.arguments }
  }
  return { id: call.id, name: called.name, args, type: 'tool_call' }
}

/** The state in which the graph ended; its last message is the answer. */
function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const failed = isJsonObject(body) ? body.__error__ : undefined
  if (isJsonObject(failed)) throw decodeLateError(failed, info)
  const messages = isJsonObject(body) && isJsonArray(body.messages) ? body.messages.filter(isJsonObject) : []
  const last = messages.findLast(isAnswer)
  if (last === undefined)
    throw createError({
      kind: 'bad_gateway',
      message: 'The graph ended without a message of its own. Its state must hold "messages".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const calls = callsOf(last)
  const usage = usageOf(last.usage_metadata)
  return {
    id: textOf(last.id) || info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: textOfMessage(last),
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        finish_reason: finishOf(last, calls.length > 0),
      },
    ],
    ...(usage && { usage }),
  }
}

function isAnswer({ type, role }: JsonObject): boolean {
  return (
    type === 'ai' ||
    type === 'AIMessageChunk' ||
    type === 'AIMessage' ||
    role === 'assistant' ||
    role === 'ai'
  )
}

function textOfMessage({ content }: JsonObject): string {
  if (!isJsonArray(content)) return textOf(content)
  return content
    .map(part => (typeof part === 'string' ? part : isJsonObject(part) ? textOf(part.text) : ''))
    .join('')
}

function callsOf({ tool_calls: calls }: JsonObject) {
  return (isJsonArray(calls) ? calls.filter(isJsonObject) : []).map(({ id, name, args }) => ({
    id: textOf(id),
    type: 'function' as const,
    function: { name: textOf(name), arguments: JSON.stringify(args ?? {}) },
  }))
}

function finishOf({ response_metadata: told }: JsonObject, called: boolean): FinishReason {
  const native = isJsonObject(told) ? textOf(told.finish_reason) || textOf(told.stop_reason) : ''
  if (native === 'length' || native === 'max_tokens') return 'length'
  if (native === 'content_filter') return 'content_filter'
  return called ? 'tool_calls' : 'stop'
}

/** Source: https://reference.langchain.com/python/langchain_core/messages/ai/UsageMetadata */
function usageOf(told: unknown): Usage | undefined {
  if (!isJsonObject(told)) return undefined
  const { input_tokens: prompt, output_tokens: completion } = told
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined
  const details = isJsonObject(told.input_token_details) ? told.input_token_details : {}
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(typeof details.cache_read === 'number' && {
      prompt_tokens_details: { cached_tokens: details.cache_read },
    }),
  }
}

/** Pieces of messages as the graph's models write them, and the state after each step: the last one ends the answer. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  let answer: JsonObject | undefined
  let streamed = false
  const totals = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const chunk = (delta: ChatDelta, reason: FinishReason | null = null): ChatChunk => ({
    id: info.id,
    object: 'chat.completion.chunk',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [{ index: 0, delta, finish_reason: reason }],
  })
  return {
    push({ event, data }) {
      if (event === 'error') throw decodeLateError(parsed(data, info), info)
      if (event !== 'messages' && event !== 'values') return []
      const given = parsed(data, info)
      if (event === 'values') {
        answer = answerOf(given)
        return []
      }
      answer = undefined
      const message = isJsonArray(given) ? given[0] : undefined
      if (!isJsonObject(message) || !isAnswer(message)) return []
      const usage = usageOf(message.usage_metadata)
      if (usage) for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += usage[key]
      const text = textOfMessage(message)
      if (text === '') return []
      streamed = true
      return [chunk({ content: text })]
    },
    end() {
      if (answer === undefined)
        throw createError({
          kind: 'truncated',
          message: 'The provider closed the stream before the graph had answered.',
          provider: info.deployment.provider,
          model: info.model,
        })
      const calls = callsOf(answer).map((call, index) => ({ index, ...call }))
      const text = streamed ? '' : textOfMessage(answer)
      const last = { ...(text !== '' && { content: text }), ...(calls.length > 0 && { tool_calls: calls }) }
      const final = chunk(last, finishOf(answer, calls.length > 0))
      return totals.total_tokens > 0 ? [final, { ...chunk({}), choices: [], usage: totals }] : [final]
    },
  }
}

/** The graph's own message that ends a state, if one does. */
function answerOf(state: unknown): JsonObject | undefined {
  const messages = isJsonObject(state) && isJsonArray(state.messages) ? state.messages : []
  const last = messages.at(-1)
  return isJsonObject(last) && isAnswer(last) ? last : undefined
}

function parsed(data: string, info: CallInfo): unknown {
  try {
    return JSON.parse(data)
  } catch (cause) {
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider sent a stream event that is not JSON.',
      provider: info.deployment.provider,
      model: info.model,
      cause,
    })
  }
}

/** Source: https://docs.langchain.com/langsmith/server-api-ref */
export const langgraph: Provider = {
  name: 'langgraph',
  title: 'LangGraph',
  docs: 'https://docs.langchain.com/langsmith/server-api-ref',
  baseUrl: 'http://localhost:2024',
  baseUrlEnv: ['LANGGRAPH_API_BASE'],
  credentials: agentKey(['LANGGRAPH_API_KEY']),
  params: AGENT_PARAMS,
  endpoints: { chat: [{ codec: runs, path: '/runs/wait' }] },
}
