import type { Codec } from '../../codecs/codec.ts'
import { openaiChatWith } from '../../codecs/openai-chat/codec.ts'
import { decodeError as decodeOpenaiError } from '../../codecs/openai-chat/errors/errors.ts'
import { openaiEmbeddings } from '../../codecs/openai-embeddings/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import { withUrlVariable } from '../../credentials/url-variable.ts'
import { type ErrorFacts, type ErrorKind, kindOfStatus } from '../../errors.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'

/** `errors[].code` → kind. Source: https://developers.cloudflare.com/workers-ai/platform/errors/ */
const CODES: ReadonlyMap<unknown, ErrorKind> = new Map<unknown, ErrorKind>([
  [3006, 'too_large'],
  [3007, 'timeout'],
  [3008, 'aborted'],
  [3036, 'insufficient_quota'],
  [3040, 'unavailable'],
  [3041, 'permission'],
  [5007, 'not_found'],
  [5018, 'permission'],
  [7000, 'not_found'],
  [7003, 'not_found'],
  [9109, 'authentication'],
  [10_000, 'authentication'],
])

/** Facts of Cloudflare's envelope, `{ success: false, errors: [{ code, message }] }`. */
function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const first = isJsonObject(body) && isJsonArray(body.errors) ? body.errors[0] : undefined
  if (!isJsonObject(first) || typeof first.message !== 'string') return decodeOpenaiError(status, body)
  const { code, message } = first
  return {
    kind: CODES.get(code) ?? kindOfText(status, message),
    message,
    ...(typeof code === 'number' && { code: String(code) }),
    providerSpecificFields: { error: body },
  }
}

function kindOfText(status: number, message: string): ErrorKind {
  return /context (window|length)|exceeded this model.s/i.test(message)
    ? 'context_window'
    : kindOfStatus(status)
}

function wordedBy<C extends Codec>(codec: C): C {
  return { ...codec, upstream: { ...codec.upstream, decodeError } }
}

/** LiteLLM users write the address of the older door, `…/ai/run/`. */
function openaiDoor(base: string): string {
  const trimmed = base.endsWith('/') ? base.slice(0, -1) : base
  return trimmed.endsWith('/run') ? trimmed.slice(0, -'/run'.length) : trimmed
}

/**
 * Workers AI through its OpenAI-compatible door, which all its chat models have, with tools and usage.
 * Source: https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
 */
export const cloudflare: Provider = {
  name: 'cloudflare',
  title: 'Cloudflare Workers AI',
  docs: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/CLOUDFLARE_ACCOUNT_ID/ai',
  baseUrlEnv: ['CLOUDFLARE_API_BASE'],
  credentials: withUrlVariable(bearer(['CLOUDFLARE_API_KEY', 'CLOUDFLARE_API_TOKEN']), {
    env: 'CLOUDFLARE_ACCOUNT_ID',
    param: 'account_id',
    what: 'the id of your Cloudflare account',
  }),
  endpoints: {
    chat: [
      {
        codec: wordedBy(openaiChatWith({ developerRole: false })),
        path: '/v1/chat/completions',
        baseUrl: openaiDoor,
      },
    ],
    embedding: [{ codec: wordedBy(openaiEmbeddings), path: '/v1/embeddings', baseUrl: openaiDoor }],
  },
  params: { max_completion_tokens: { rename: 'max_tokens' }, store: 'drop', metadata: 'drop', user: 'drop' },
  exampleModels: [
    '@cf/openai/gpt-oss-120b',
    '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
    '@cf/qwen/qwq-32b',
    '@cf/baai/bge-m3',
  ],
}
