import type { CallInfo, Codec, FollowUp, WireReply, WireRequest } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { decodeError as decodeOpenaiError } from '../../codecs/openai-chat/errors/errors.ts'
import { plainReply } from '../../codecs/prompts/plain-reply.ts'
import { promptText } from '../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../codecs/receipts/receipts.ts'
import { bearer } from '../../credentials/bearer.ts'
import { createError, type ErrorFacts } from '../../errors.ts'
import type { ChatRequest, ChatResponse } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import { escapedPath } from '../escaped-path.ts'
import type { Provider } from '../provider.ts'

const PARAMS = new Set([
  ...['max_completion_tokens', 'max_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'seed'],
  ...['presence_penalty', 'frequency_penalty'],
])
const OWN = new Set([
  ...PARAMS,
  ...[
    'model',
    'messages',
    'stream',
    'stream_options',
    'user',
    'metadata',
    'input',
    'webhook',
    'webhook_events_filter',
  ],
])
const SAME = ['temperature', 'top_p', 'top_k', 'seed', 'presence_penalty', 'frequency_penalty'] as const
/** Milliseconds between looks at a prediction; LiteLLM waits as long. */
const POLL_MS = 500

/** Predictions of language models. Source: https://replicate.com/docs/reference/http#predictions.create */
const replicateChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'replicate-predictions',
  framing: 'sse',
  upstream: { params: PARAMS, unsaid: UNSAID_IN_TEXT, encodeRequest, follow, decodeResponse, decodeError },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { system, prompt, images } = promptText(request.messages, info)
  const input: JsonObject = { prompt, ...(system !== '' && { system_prompt: system }) }
  for (const key of SAME) if (request[key] != null) input[key] = request[key]
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) input[limitName(info.model)] = limit
  if (request.stop != null) input.stop_sequences = encodeStop(request.stop, info)
  if (images[0] !== undefined) input.image = images[0]
  if (images.length > 1)
    throw createError({
      kind: 'unsupported_params',
      message: 'messages: Replicate’s models take one image. Send no more.',
      param: 'messages',
    })
  const { webhook, webhook_events_filter: events } = request
  const { path, version } = addressOf(info.model)
  return {
    path,
    headers: { prefer: 'wait' },
    body: {
      ...(version !== undefined && { version }),
      input: { ...input, ...without(request, OWN), ...(isJsonObject(request.input) && request.input) },
      ...(webhook !== undefined && { webhook }),
      ...(events !== undefined && { webhook_events_filter: events }),
    },
  }
}

/** The models take the texts as one, with commas between. */
function encodeStop(stop: string | string[], info: CallInfo): string {
  const texts = typeof stop === 'string' ? [stop] : stop
  if (texts.some(text => text.includes(',')))
    info.warn({
      action: 'approximated',
      param: 'stop',
      reason: 'Replicate separates stop texts by commas, so one with a comma is taken for two',
    })
  return texts.join(',')
}

/** What older models call the output limit. */
function limitName(model: string): string {
  if (/vicuna|flan|dolly|stablelm|mpt-/.test(model)) return 'max_length'
  return /llama-2|codellama|falcon|mixtral|mistral-7b/.test(model) && !/codellama-13b/.test(model)
    ? 'max_new_tokens'
    : 'max_tokens'
}

const VERSION_ID = /^[0-9a-f]{64}$/

/** A deployment of one's own, a version, or an official model. */
function addressOf(model: string): { path: string; version?: string } {
  if (model.startsWith('deployments/')) return { path: `/v1/${escapedPath(model)}/predictions` }
  const version = model.slice(model.lastIndexOf(':') + 1)
  if (VERSION_ID.test(version)) return { path: '/v1/predictions', version }
  return { path: `/v1/models/${escapedPath(model)}/predictions` }
}

/** Looks again until the prediction has ended. Throws when it did not succeed. */
function follow({ body }: WireReply, _request: ChatRequest, info: CallInfo): FollowUp | undefined {
  if (!isJsonObject(body)) return undefined
  const { status, urls } = body
  if (status === 'failed' || status === 'canceled' || status === 'aborted') throw failure(body, info)
  if (status === 'succeeded' || status === undefined) return undefined
  const url = isJsonObject(urls) ? urls.get : undefined
  if (typeof url !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider started a prediction and did not say where to look for it.',
      provider: info.deployment.provider,
      model: info.model,
    })
  return { method: 'GET', url, afterMs: POLL_MS }
}

function failure({ status, error }: JsonObject, info: CallInfo) {
  const words = textOf(error)
  return createError({
    kind: /nsfw|safety|flagged/i.test(words) ? 'content_policy' : 'bad_gateway',
    message: words === '' ? `The prediction was ${String(status)}.` : words,
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** `output` is a text or a list of its pieces. */
function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const output = isJsonObject(body) ? body.output : undefined
  const text = isJsonArray(output) ? output.map(textOf).join('') : output
  if (!isJsonObject(body) || typeof text !== 'string')
    throw createError({
      kind: 'bad_gateway',
      message: 'The prediction has no text as its output.',
      provider: info.deployment.provider,
      model: info.model,
    })
  return plainReply(info, { text, id: textOf(body.id), usage: usageOf(body.metrics) })
}

function usageOf(metrics: unknown): Usage | undefined {
  if (!isJsonObject(metrics)) return undefined
  const { input_token_count: prompt, output_token_count: completion } = metrics
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

/** RFC 7807: `{ title, detail, status }`. */
function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body) || typeof body.detail !== 'string') return decodeOpenaiError(status, body)
  const title = textOf(body.title)
  const message = title === '' ? body.detail : `${title}: ${body.detail}`
  return { ...decodeOpenaiError(status, { message }), providerSpecificFields: { error: body } }
}

/** Source: https://replicate.com/docs/reference/http */
export const replicate: Provider = {
  name: 'replicate',
  title: 'Replicate',
  docs: 'https://replicate.com/docs/reference/http',
  baseUrl: 'https://api.replicate.com',
  baseUrlEnv: ['REPLICATE_API_BASE'],
  credentials: bearer(['REPLICATE_API_KEY', 'REPLICATE_API_TOKEN']),
  endpoints: { chat: [{ codec: replicateChat, path: '/v1/predictions' }] },
  exampleModels: ['meta/meta-llama-3-70b-instruct', 'meta/meta-llama-3-8b-instruct'],
}
