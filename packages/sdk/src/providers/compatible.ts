import { openaiChat, openaiChatWith } from '../codecs/openai-chat/codec.ts'
import type { OpenaiChatOptions } from '../codecs/openai-chat/options.ts'
import { openaiEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import { bearer } from '../credentials/bearer.ts'
import { badRequest } from '../errors.ts'
import type { ParamRule, Provider } from './provider.ts'

/** A provider that speaks OpenAI's chat format and differs, if at all, in facts. */
export interface CompatibleRow {
  /** The name people know. */
  readonly title: string
  /** The vendor's API reference. */
  readonly docs: string
  /** Up to the path; absent when every user has an own one and must give `api_base`. */
  readonly baseUrl?: string
  /** Environment variables that override the base URL, first wins. */
  readonly baseUrlEnv?: readonly string[]
  /** Environment variables that may hold the key, first wins; also shown in docs. */
  readonly env: readonly string[]
  /** False for servers that may run without a key. */
  readonly keyRequired?: false
  /** True when `/embeddings` is served too. */
  readonly embeddings?: true
  /** Differences inside messages and streams. */
  readonly chat?: OpenaiChatOptions
  /** Differences in top-level parameters. */
  readonly params?: Readonly<Record<string, ParamRule>>
  /** True when the service hands requests on to others, so that nothing may be left out for it. */
  readonly forwards?: true
  readonly exampleModels?: readonly string[]
}

/** For vendors that know the older name only; theirs means the same. */
export const MAX_TOKENS = { max_completion_tokens: { rename: 'max_tokens' } } as const satisfies Record<
  string,
  ParamRule
>

/** For vendors that answer with `reasoning`, which the hub calls `reasoning_content`. */
export const RENAMES_REASONING = { relays: false } as const

/** OpenAI's own storage: no other vendor keeps completions, and some refuse fields they do not know. */
const NOT_ELSEWHERE: Readonly<Record<string, ParamRule>> = { store: 'drop', metadata: 'drop' }

/** Makes a provider of a row. */
export function compatible(name: string, row: CompatibleRow): Provider {
  const { title, docs, exampleModels, baseUrlEnv } = row
  const params = row.forwards ? row.params : { ...NOT_ELSEWHERE, ...row.params }
  return {
    name,
    title,
    docs,
    baseUrl: row.baseUrl ?? noBaseUrl(title, baseUrlEnv),
    credentials: bearer(row.env, { required: row.keyRequired ?? true }),
    endpoints: {
      chat: [{ codec: row.chat ? openaiChatWith(row.chat) : openaiChat, path: '/chat/completions' }],
      ...(row.embeddings && { embedding: [{ codec: openaiEmbeddings, path: '/embeddings' }] }),
    },
    ...(baseUrlEnv && { baseUrlEnv }),
    ...(params && { params }),
    ...(exampleModels && { exampleModels }),
  }
}

function noBaseUrl(title: string, env: readonly string[] | undefined) {
  return (): never => {
    const variable = env?.[0] ? ` or the environment variable ${env[0]}` : ''
    throw badRequest(
      `api_base: ${title} needs the address of your server; set api_base${variable}, for example ` +
        'https://my-server.example/v1.',
      'api_base',
    )
  }
}
