import { wavOf } from '../../codecs/media/wav.ts'
import { endpoints } from '../../endpoints/registry.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'

/** How a kind of model (LiteLLM's `mode`) is asked whether it is well. */
export interface CheckMode<E extends EndpointName = EndpointName> {
  readonly endpoint: E
  readonly format: string
  /** What is asked, beside the model; `info` is the deployment's `model_info`. */
  request(info: JsonObject, limits: CheckLimits): Omit<RequestOf<E>, 'model'>
  /** An answer costs more than a few tokens: only asked where the deployment states its mode itself. */
  readonly isDear?: true
}

export interface CheckLimits {
  readonly maxTokens: number
}

/** Half a second of silence: providers refuse shorter recordings. */
const SILENCE_RATE = 16_000

/** Videos, edited images, documents and live sessions have no check: their cheapest answer is dear, or there is none. */
export const CHECK_MODES: Readonly<Record<string, CheckMode>> = {
  chat: talking('openai-chat'),
  responses: talking('openai-responses'),
  completion: mode({
    endpoint: 'text_completion',
    format: 'openai-completions',
    request: (_info, { maxTokens }) => ({ ...sampleOf('text_completion'), max_tokens: maxTokens }),
  }),
  embedding: plain('embedding', 'openai-embeddings'),
  rerank: plain('rerank', 'rerank'),
  moderation: plain('moderation', 'openai-moderations'),
  audio_speech: mode({
    endpoint: 'speech',
    format: 'openai-speech',
    request: ({ health_check_voice: voice }) => ({
      ...sampleOf('speech'),
      ...(typeof voice === 'string' && { voice }),
    }),
  }),
  audio_transcription: mode({
    endpoint: 'transcription',
    format: 'openai-transcriptions',
    request: () => ({
      file: {
        filename: 'silence.wav',
        contentType: 'audio/wav',
        bytes: wavOf(Buffer.alloc(SILENCE_RATE), SILENCE_RATE),
      },
    }),
  }),
  image_generation: { ...plain('image_generation', 'openai-images'), isDear: true },
  search: { ...plain('search', 'perplexity-search'), isDear: true },
}

function talking(format: string): CheckMode {
  return mode({
    endpoint: 'chat',
    format,
    request: (_info, { maxTokens }) => ({ ...sampleOf('chat'), max_tokens: maxTokens }),
  })
}

function plain<E extends EndpointName>(endpoint: E, format: string): CheckMode {
  return mode({ endpoint, format, request: () => sampleOf(endpoint) })
}

/** The table's rows are of many endpoints; each is whole in itself. */
function mode<E extends EndpointName>(row: CheckMode<E>): CheckMode {
  return row as unknown as CheckMode
}

function sampleOf<E extends EndpointName>(endpoint: E): Omit<RequestOf<E>, 'model'> {
  const { sample } = endpoints[endpoint]
  if (sample === undefined) throw new TypeError(`The endpoint ${endpoint} has no sample.`)
  return sample
}
