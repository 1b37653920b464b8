import { badRequest, createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta, ChatRequest, ChatResponse, FinishReason } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { Usage } from '../../types/usage.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { thinkTags } from '../openai-chat/settle/think-tags.ts'
import { parseEvent } from '../parse-event.ts'
import { UNSAID_IN_TEXT } from '../receipts/receipts.ts'
import { unwrapChunks } from './chunks.ts'
import { finishOf, type PromptFamily, type PromptReply } from './families.ts'
import { turnsOf } from './prompts.ts'

/** InvokeModel for makers whose body is one prompt. Source: the pages named in `families.ts`. */
export function bedrockPrompt(family: PromptFamily): Codec<'chat'> {
  const params = new Set([
    'max_tokens',
    'max_completion_tokens',
    'metadata',
    'stream_options',
    ...Object.keys(family.params),
  ])
  return {
    endpoint: 'chat',
    format: 'bedrock-invoke-prompt',
    framing: 'aws-event-stream',
    upstream: {
      params,
      unsaid: UNSAID_IN_TEXT,
      encodeRequest: (request, info) => encodeRequest(request, info, family),
      decodeResponse: (body, info, headers) => decodeResponse(body, info, family, headers),
      ...(family.piece && {
        decodeStream: (info: CallInfo) => unwrapChunks(new PromptStream(info, family), info),
      }),
      decodeError: decodeAwsError,
    },
  }
}

const HANDLED = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'metadata',
  'max_completion_tokens',
])

function encodeRequest(request: ChatRequest, info: CallInfo, family: PromptFamily): WireRequest {
  const turns = turnsOf(request, info)
  if (!turns.some(({ role }) => role === 'user'))
    throw badRequest('messages: must hold at least one user message with text.', 'messages')
  const limit = request.max_completion_tokens ?? request.max_tokens
  const asked: JsonObject = { ...request, max_tokens: limit }
  const settings: JsonObject = {}
  for (const [param, name] of Object.entries(family.params)) {
    const value = asked[param]
    if (value == null || (param === 'n' && value === 1)) continue
    settings[name] = param === 'stop' && typeof value === 'string' ? [value] : value
  }
  if (isJsonObject(request.metadata) && Object.keys(request.metadata).length > 0)
    info.warn({ action: 'dropped', param: 'metadata', reason: 'this model keeps no metadata' })
  const known = new Set([...HANDLED, ...Object.keys(family.params), 'n'])
  const prompt = family.template(info.model)(turns)
  return { body: { ...family.body(prompt, settings), ...extrasOf(request, known) } }
}

function decodeResponse(
  body: unknown,
  info: CallInfo,
  family: PromptFamily,
  headers: Readonly<Record<string, string>> = {},
): ChatResponse {
  const replies = isJsonObject(body) ? family.replies(body) : []
  if (replies.length === 0)
    throw createError({
      kind: 'bad_gateway',
      message: "The provider answered something that is not this model's reply: it holds no text.",
      provider: info.deployment.provider,
      model: info.model,
    })
  const usage = usageOf(replies[0], {
    inputTokenCount: Number(headers['x-amzn-bedrock-input-token-count']),
    outputTokenCount: Number(headers['x-amzn-bedrock-output-token-count']),
  })
  const response: ChatResponse = {
    id: info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: replies.map((reply, index) => ({
      index,
      message: { role: 'assistant', content: (family.thinks ? OPENED : '') + reply.text || null },
      finish_reason: finishOf(reply.finish),
    })),
    ...(usage && { usage }),
  }
  if (family.thinks) thinkTags()(response)
  return response
}

/** The prompt itself has opened the thinking, so the answer begins inside it. */
const OPENED = '<think>'

/** The maker's own counts, else those AWS adds. */
function usageOf(reply: PromptReply | undefined, metrics: JsonObject): Usage | undefined {
  const input = count(reply?.input) ?? count(metrics.inputTokenCount)
  const output = count(reply?.output) ?? count(metrics.outputTokenCount)
  if (input === undefined || output === undefined) return undefined
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A maker's pieces → hub chunks. The last one has AWS's metrics or a word why it ended; else the stream was cut. */
class PromptStream implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private readonly family: PromptFamily
  private readonly settle: ((chunk: JsonObject) => void) | undefined
  private begun = false
  private finish: unknown
  private complete = false

  constructor(info: CallInfo, family: PromptFamily) {
    this.info = info
    this.family = family
    this.settle = family.thinks && thinkTags()
  }

  push({ data }: WireEvent): ChatChunk[] {
    const event = parseEvent(data, this.info)
    const reply = this.family.piece?.(event) ?? { text: '' }
    const metrics = event['amazon-bedrock-invocationMetrics']
    if (reply.finish != null) this.finish = reply.finish
    const chunks = reply.text === '' ? [] : [this.chunk({ content: reply.text })]
    if (!isJsonObject(metrics)) return chunks
    this.complete = true
    const usage = usageOf(reply, metrics)
    const last = this.chunk({}, finishOf(this.finish))
    return [...chunks, last, ...(usage ? [{ ...last, choices: [], usage }] : [])]
  }

  end(): ChatChunk[] {
    if (this.complete) return []
    if (this.finish !== undefined) return [this.chunk({}, finishOf(this.finish))]
    throw createError({
      kind: 'truncated',
      message: 'The provider ended its stream before the answer was complete.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private chunk(delta: ChatDelta, finish: FinishReason | null = null): ChatChunk {
    const first = !this.begun
    this.begun = true
    const opened = first && this.settle ? OPENED + (delta.content ?? '') : delta.content
    const chunk: ChatChunk = {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [
        {
          index: 0,
          delta: { ...(first && { role: 'assistant' }), ...(opened != null && { content: opened }) },
          finish_reason: finish,
        },
      ],
    }
    this.settle?.(chunk)
    return chunk
  }
}
