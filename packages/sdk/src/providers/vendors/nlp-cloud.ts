import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { plainReply } from '../../codecs/prompts/plain-reply.ts'
import { promptText, refuseImages, wholePrompt } from '../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../codecs/receipts/receipts.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { createError } from '../../errors.ts'
import type { ChatRequest, ChatResponse } from '../../types/chat.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'

const PARAMS = new Set([
  ...[
    'max_completion_tokens',
    'max_tokens',
    'n',
    'presence_penalty',
    'stop',
    'temperature',
    'top_k',
    'top_p',
  ],
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'user', 'metadata'])
const SAME = ['temperature', 'top_p', 'top_k'] as const

/** Text generation. Source: https://docs.nlpcloud.com/#generation */
const generation: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'nlp-cloud-generation',
  framing: 'sse',
  upstream: { params: PARAMS, unsaid: UNSAID_IN_TEXT, encodeRequest, decodeResponse, decodeError },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const text = promptText(request.messages, info)
  refuseImages(text, info)
  const { stop, n, presence_penalty: penalty } = request
  const limit = request.max_completion_tokens ?? request.max_tokens
  const stops = typeof stop === 'string' ? [stop] : (stop ?? [])
  if (stops.length > 1)
    info.warn({
      action: 'approximated',
      param: 'stop',
      reason: 'NLP Cloud takes one stop text; the first was sent',
    })
  return {
    body: {
      text: wholePrompt(text),
      // Otherwise the answer begins with the question.
      remove_input: true,
      ...Object.fromEntries(SAME.filter(key => request[key] != null).map(key => [key, request[key]])),
      ...(limit != null && { max_length: limit }),
      ...(stops[0] !== undefined && { end_sequence: stops[0], remove_end_sequence: true }),
      ...(n != null && { num_return_sequences: n }),
      ...(penalty != null && { repetition_penalty: penalty }),
      ...without(request, OWN),
    },
  }
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const given = isJsonObject(body) ? body.generated_text : undefined
  const texts: readonly unknown[] = isJsonArray(given) ? given : [given]
  if (!isJsonObject(body) || !texts.every(text => typeof text === 'string') || texts[0] === undefined)
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered without "generated_text".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { nb_input_tokens: prompt, nb_generated_tokens: completion } = body
  const counted = typeof prompt === 'number' && typeof completion === 'number'
  const usage = counted && {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  }
  const first = plainReply(info, { text: String(texts[0]), ...(usage && { usage }) })
  const others = texts.slice(1).map((text, index) => ({
    index: index + 1,
    message: { role: 'assistant' as const, content: String(text) },
    finish_reason: 'stop' as const,
  }))
  return { ...first, choices: [...first.choices, ...others] }
}

const token: Credentials = {
  env: ['NLP_CLOUD_API_KEY'],
  required: true,
  sign(request, secret) {
    request.headers.authorization = `Token ${secret}`
  },
}

/** Source: https://docs.nlpcloud.com/ */
export const nlpCloud: Provider = {
  name: 'nlp_cloud',
  title: 'NLP Cloud',
  docs: 'https://docs.nlpcloud.com/#generation',
  baseUrl: 'https://api.nlpcloud.io/v1/gpu',
  baseUrlEnv: ['NLP_CLOUD_API_BASE'],
  credentials: token,
  endpoints: {
    chat: [{ codec: generation, path: ({ model }) => `/${encodeURIComponent(model)}/generation` }],
  },
  exampleModels: ['chatdolphin', 'dolphin-mixtral-8x7b', 'finetuned-llama-3-70b'],
}
