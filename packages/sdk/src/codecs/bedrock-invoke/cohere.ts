import { createHash } from 'node:crypto'
import { badRequest, createError } from '../../errors.ts'
import type {
  ChatChunk,
  ChatDelta,
  ChatRequest,
  ChatResponse,
  FinishReason,
  ToolCall,
} from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { Usage } from '../../types/usage.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { unwrapChunks } from './chunks.ts'
import { encodeCohereTools, historyOf } from './cohere-history.ts'
import { finishOf } from './families.ts'

const PARAMS = new Set([
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'tools',
  'metadata',
  'stream_options',
])

const NAMES: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'p',
  top_k: 'k',
  seed: 'seed',
  presence_penalty: 'presence_penalty',
  frequency_penalty: 'frequency_penalty',
}

/**
 * Command R and R+ by their own body: Cohere's first chat API.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
 */
export const bedrockCohere: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'bedrock-invoke-cohere',
  framing: 'aws-event-stream',
  upstream: {
    params: PARAMS,
    unsaid: [
      'audio',
      'cache_control',
      'images',
      'is_error',
      'others',
      'reasoning',
      'refusal',
      'strict',
      'thinking',
    ],
    encodeRequest,
    decodeResponse,
    decodeStream: info => unwrapChunks(new CohereStream(info), info),
    decodeError: decodeAwsError,
  },
}

const HANDLED = new Set([...PARAMS, 'model', 'messages', 'stream', 'n'])

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { message, chat_history, tool_results, preamble } = historyOf(request.messages, info)
  if (message === '' && tool_results.length === 0)
    throw badRequest('messages: the last message must be a user message with text.', 'messages')
  const limit = request.max_completion_tokens ?? request.max_tokens
  const { stop } = request
  const settings: JsonObject = {}
  for (const [param, name] of Object.entries(NAMES))
    if (request[param] != null) settings[name] = request[param]
  const tools = encodeCohereTools(request.tools ?? [], info)
  if (isJsonObject(request.metadata) && Object.keys(request.metadata).length > 0)
    info.warn({ action: 'dropped', param: 'metadata', reason: 'this model keeps no metadata' })
  return {
    body: {
      message,
      ...(chat_history.length > 0 && { chat_history }),
      ...(preamble !== '' && { preamble }),
      ...(limit != null && { max_tokens: limit }),
      ...settings,
      ...(stop != null && { stop_sequences: typeof stop === 'string' ? [stop] : stop }),
      ...(tools.length > 0 && { tools }),
      ...(tool_results.length > 0 && { tool_results }),
      ...extrasOf(request, HANDLED),
    },
  }
}

function decodeResponse(
  body: unknown,
  info: CallInfo,
  headers: Readonly<Record<string, string>> = {},
): ChatResponse {
  if (!isJsonObject(body) || typeof body.text !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: "The provider answered something that is not this model's reply: it holds no text.",
      provider: info.deployment.provider,
      model: info.model,
    })
  const calls = callsOf(body, info)
  const usage = usageOf(
    Number(headers['x-amzn-bedrock-input-token-count']),
    Number(headers['x-amzn-bedrock-output-token-count']),
  )
  const cited = isJsonArray(body.citations) ? { citations: body.citations } : undefined
  return {
    id: typeof body.generation_id === 'string' ? body.generation_id : info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: body.text || null,
          ...(calls.length > 0 && { tool_calls: calls }),
          ...(cited && { provider_specific_fields: cited }),
        },
        finish_reason: calls.length > 0 ? 'tool_calls' : finishOf(body.finish_reason),
      },
    ],
    ...(usage && { usage }),
  }
}

/** Calls have no ids of their own here; they get ones that tell them apart. */
function callsOf({ tool_calls: calls }: JsonObject, info: CallInfo): ToolCall[] {
  return (isJsonArray(calls) ? calls.filter(isJsonObject) : []).map(({ name, parameters }, index) => ({
    id: `call_${createHash('sha256').update(`${info.id} ${index}`).digest('hex').slice(0, 24)}`,
    type: 'function',
    function: { name: textOf(name), arguments: JSON.stringify(parameters ?? {}) },
  }))
}

function usageOf(input: number, output: number): Usage | undefined {
  if (!Number.isFinite(input) || !Number.isFinite(output)) return undefined
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

class CohereStream implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private ended = false
  private calls = 0

  constructor(info: CallInfo) {
    this.info = info
  }

  push({ data }: WireEvent): ChatChunk[] {
    const event = parseEvent(data, this.info)
    switch (event.event_type) {
      case 'stream-start':
        return [this.chunk({ role: 'assistant', content: '' })]
      case 'text-generation':
        return [this.chunk({ content: textOf(event.text) })]
      case 'citation-generation':
        return [this.chunk({ provider_specific_fields: { citations: event.citations } })]
      case 'tool-calls-generation':
        return this.toolCalls(event)
      case 'stream-end':
        return this.finish(event)
      default:
        return []
    }
  }

  end(): ChatChunk[] {
    if (this.ended) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider ended its stream before stream-end.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private toolCalls(event: JsonObject): ChatChunk[] {
    const calls = callsOf(event, this.info).map((call, index) => ({ index, ...call }))
    this.calls += calls.length
    return calls.length > 0 ? [this.chunk({ tool_calls: calls })] : []
  }

  private finish(event: JsonObject): ChatChunk[] {
    this.ended = true
    const reason = this.calls > 0 ? 'tool_calls' : finishOf(event.finish_reason)
    const metrics = event['amazon-bedrock-invocationMetrics']
    const usage = isJsonObject(metrics)
      ? usageOf(Number(metrics.inputTokenCount), Number(metrics.outputTokenCount))
      : undefined
    return [this.chunk({}, reason), ...(usage ? [{ ...this.chunk({}), choices: [], usage }] : [])]
  }

  private chunk(delta: ChatDelta, finish: FinishReason | null = null): ChatChunk {
    return {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    }
  }
}
