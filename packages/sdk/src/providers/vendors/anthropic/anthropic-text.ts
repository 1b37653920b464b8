import { decodeError, streamError } from '../../../codecs/anthropic-messages/errors.ts'
import type { CallInfo, Codec } from '../../../codecs/codec.ts'
import { without } from '../../../codecs/gemini/request/fields.ts'
import { parseEvent } from '../../../codecs/parse-event.ts'
import { UNSAID_IN_TEXT } from '../../../codecs/receipts/receipts.ts'
import { badRequest, createError } from '../../../errors.ts'
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
import type { Provider } from '../../provider.ts'
import { anthropic } from './anthropic.ts'

const HUMAN = '\n\nHuman: '
const ASSISTANT = '\n\nAssistant:'
const DEFAULT_MAX_TOKENS = 4096

const PARAMS: ReadonlySet<string> = new Set([
  'max_completion_tokens',
  'max_tokens',
  'stop',
  'temperature',
  'top_p',
  'top_k',
  'user',
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'n'])

/** Anthropic's Text Completions, which came before messages. Source: https://platform.claude.com/docs/en/api/completions */
export const anthropicComplete: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'anthropic-complete',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    unsaid: [...UNSAID_IN_TEXT, 'refusal'],
    encodeRequest: (request, info) => ({ body: encodeComplete(request, info) }),
    decodeResponse,
    decodeStream: info => new CompleteDecoder(info),
    decodeError,
  },
}

function encodeComplete(request: ChatRequest, info: CallInfo): JsonObject {
  const { stop, temperature, top_p, top_k, user } = request
  const limit = request.max_completion_tokens ?? request.max_tokens
  const asked = stop == null ? [] : Array.isArray(stop) ? stop : [stop]
  return {
    ...without(request, OWN),
    model: info.model,
    prompt: promptOf(request.messages),
    max_tokens_to_sample: limit ?? info.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    ...(asked.length > 0 && { stop_sequences: [...asked, HUMAN.trimEnd()] }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(top_k != null && { top_k }),
    ...(user != null && { metadata: { user_id: user } }),
    ...(info.stream && { stream: true }),
  }
}

/** Turns as this API reads them; it begins with a person and ends where the assistant goes on. */
function promptOf(messages: readonly ChatMessage[]): string {
  let prompt = ''
  let last = ''
  for (const [index, message] of messages.entries()) {
    const text = textIn(message, `messages[${index}]`)
    if (message.role === 'assistant') prompt += `${ASSISTANT} ${text}`
    // Claude 2.1 reads what comes before the first turn as its system prompt.
    else if ((message.role === 'system' || message.role === 'developer') && prompt === '') prompt += text
    else prompt += HUMAN + text
    last = message.role
  }
  const begun = prompt.includes(HUMAN) ? prompt : `${prompt}${HUMAN}`
  return last === 'assistant' ? begun.trimEnd() : begun + ASSISTANT
}

/** Throws `UnsupportedParamsError` for tools and content that is no text. */
function textIn(message: ChatMessage, at: string): string {
  const { content } = message
  if (message.role === 'tool' || message.tool_calls != null) throw noSuch(at, 'tools')
  if (content == null || typeof content === 'string') return content ?? ''
  if (!isJsonArray(content)) throw badRequest(`${at}.content: must be a string or an array of parts.`, at)
  return content
    .map((part, index) => {
      if (isJsonObject(part) && part.type === 'text') return textOf(part.text)
      throw noSuch(`${at}.content[${index}]`, 'anything but text')
    })
    .join('\n')
}

function noSuch(at: string, what: string) {
  return createError({
    kind: 'unsupported_params',
    message: `${at}: this legacy API does not know ${what}; use the anthropic provider.`,
    param: at,
  })
}

function finishOf(reason: unknown): FinishReason {
  return reason === 'max_tokens' ? 'length' : 'stop'
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (!isJsonObject(body) || typeof body.completion !== 'string')
    throw createError({ kind: 'bad_gateway', message: 'The provider answered without a completion.' })
  return {
    id: textOf(body.id) || info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: textOf(body.model) || info.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: body.completion.trimStart() },
        finish_reason: finishOf(body.stop_reason),
      },
    ],
  }
}

class CompleteDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private id: string
  private begun = false
  private stopped = false

  constructor(info: CallInfo) {
    this.info = info
    this.id = info.id
  }

  push({ data }: WireEvent): ChatChunk[] {
    if (this.stopped) return []
    const event = parseEvent(data, this.info)
    if (event.type === 'error') throw streamError(event, this.info)
    if (event.type !== 'completion') return []
    if (typeof event.id === 'string') this.id = event.id
    const text = this.begun ? textOf(event.completion) : textOf(event.completion).trimStart()
    const first: ChatDelta = this.begun ? {} : { role: 'assistant' }
    this.begun = true
    const chunks = [this.chunk({ ...first, content: text })]
    if (event.stop_reason == null) return chunks
    this.stopped = true
    return [...chunks, this.chunk({}, finishOf(event.stop_reason))]
  }

  end(): ChatChunk[] {
    if (this.stopped) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider ended its stream before it gave a stop reason.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private chunk(delta: ChatDelta, finish: FinishReason | null = null): ChatChunk {
    return {
      id: this.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    }
  }
}

/** The legacy models behind Anthropic's Text Completions. */
export const anthropicText: Provider = {
  ...anthropic,
  name: 'anthropic_text',
  title: 'Anthropic Text Completions',
  docs: 'https://platform.claude.com/docs/en/api/completions',
  endpoints: { chat: [{ codec: anthropicComplete, path: '/v1/complete' }] },
  params: { temperature: { min: 0, max: 1 } },
  exampleModels: ['claude-2.1', 'claude-instant-1.2'],
}
