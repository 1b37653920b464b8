import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { plainReply } from '../../codecs/prompts/plain-reply.ts'
import { promptText, refuseImages, wholePrompt } from '../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../codecs/receipts/receipts.ts'
import { bearer } from '../../credentials/bearer.ts'
import { createError } from '../../errors.ts'
import type { ChatRequest, ChatResponse } from '../../types/chat.ts'
import { isJsonObject, textOf } from '../../types/json.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { Provider } from '../provider.ts'

const PARAMS = new Set(['max_completion_tokens', 'max_tokens', 'temperature', 'top_p', 'top_k'])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'user', 'metadata'])
/** Without a limit a server writes one token. LiteLLM sends the same. */
const DEFAULT_LIMIT = 256

/** Petals' HTTP API: a form in, JSON out. Source: https://github.com/petals-infra/chat.petals.dev#http-api */
const petalsChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'petals-generate',
  framing: 'sse',
  upstream: { params: PARAMS, unsaid: UNSAID_IN_TEXT, encodeRequest, decodeResponse, decodeError },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const text = promptText(request.messages, info)
  refuseImages(text, info)
  const samples = request.temperature != null || request.top_p != null || request.top_k != null
  const fields: Record<string, unknown> = {
    model: info.model,
    inputs: wholePrompt(text),
    max_new_tokens: request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_LIMIT,
    ...(samples && request.temperature !== 0 && { do_sample: 1 }),
    ...(request.temperature != null && request.temperature !== 0 && { temperature: request.temperature }),
    ...(request.top_p != null && { top_p: request.top_p }),
    ...(request.top_k != null && { top_k: request.top_k }),
    ...without(request, OWN),
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  const payload = new WireBytes(Buffer.from(form.toString()), 'application/x-www-form-urlencoded')
  return { body: {}, payload }
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  if (isJsonObject(body) && body.ok === true && typeof body.outputs === 'string')
    return plainReply(info, { text: body.outputs })
  // Failures come with a status of 200 and a Python traceback, whose last line says what happened.
  const trace = isJsonObject(body) ? textOf(body.traceback).trim() : ''
  throw createError({
    kind: 'bad_gateway',
    message: trace.split('\n').at(-1) || 'The provider answered without "outputs".',
    provider: info.deployment.provider,
    model: info.model,
  })
}

export const petals: Provider = {
  name: 'petals',
  title: 'Petals',
  docs: 'https://github.com/petals-infra/chat.petals.dev',
  baseUrl: 'https://chat.petals.dev',
  baseUrlEnv: ['PETALS_API_BASE'],
  credentials: bearer(['PETALS_API_KEY'], { required: false }),
  endpoints: { chat: [{ codec: petalsChat, path: '/api/v1/generate' }] },
  exampleModels: ['petals-team/StableBeluga2'],
}
