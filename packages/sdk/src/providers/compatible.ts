import { openaiChat, openaiChatWith } from '../codecs/openai-chat/codec.ts'
import type { OpenaiChatOptions } from '../codecs/openai-chat/options.ts'
import { thinkTags } from '../codecs/openai-chat/settle/think-tags.ts'
import { openaiCompletions, openaiCompletionsWith } from '../codecs/openai-completions/codec.ts'
import { openaiEmbeddings, openaiEmbeddingsWith, textEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import type { OpenaiEmbeddingsOptions } from '../codecs/openai-embeddings/options.ts'
import { bearer } from '../credentials/bearer.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { badRequest } from '../errors.ts'
import { type VendorHeaders, vendorHeaders } from './compatible/vendor-headers.ts'
import type { Binding, ParamRules, Provider } from './provider.ts'

/** A provider that speaks OpenAI's chat format and differs, if at all, in facts. */
export interface CompatibleRow
  extends Pick<Provider, 'title' | 'docs' | 'baseUrlEnv' | 'params' | 'modelParams' | 'exampleModels'>,
    Pick<Provider, 'errors' | 'reportsCost' | 'priceName'> {
  /** Up to the path; absent when every user has an own one and must give `api_base`. */
  readonly baseUrl?: Provider['baseUrl']
  /** Environment variables that may hold the key, first wins; also shown in docs. */
  readonly env: readonly string[]
  /** Before the key in `authorization`; `Bearer` unless stated, `''` for the bare key. */
  readonly keyScheme?: string
  /** False for servers that may run without a key. */
  readonly keyRequired?: false
  /** In place of a bearer token in `env`. */
  readonly credentials?: Credentials
  /** Headers of the vendor's own, besides the key. The caller's and the deployment's win. */
  readonly headers?: VendorHeaders
  /** `/chat/completions` unless stated. */
  readonly path?: Binding['path']
  /** The id in the body, where the model's name carries more or less. */
  readonly model?: Binding['model']
  /** Set when `/embeddings` is served too; true: of texts, or for those who hand on, of whatever comes. */
  readonly embeddings?: true | OpenaiEmbeddingsOptions
  /** True when `/completions` is served too; without it, text completions go through chat. */
  readonly completions?: true
  /** Whatever else it serves, in formats that others have. */
  readonly endpoints?: Provider['endpoints']
  /** Differences inside messages and streams. */
  readonly chat?: OpenaiChatOptions
  /** True when the service hands requests on to others, so that nothing may be left out for it. */
  readonly forwards?: true
}

/** For vendors that know the older name only; theirs means the same. */
export const MAX_TOKENS = { max_completion_tokens: { rename: 'max_tokens' } } as const satisfies ParamRules

/** For vendors that answer with `reasoning`, which the hub calls `reasoning_content`. */
export const RENAMES_REASONING = { relays: false } as const

/** For vendors of open models, whose thinking comes as `reasoning`, as `reasoning_content` or between tags. */
export const THINKS = { settle: thinkTags } as const satisfies OpenaiChatOptions

/** OpenAI's own storage: no other vendor keeps completions, and some refuse fields they do not know. */
const NOT_ELSEWHERE: ParamRules = { store: 'drop', metadata: 'drop' }

/** Makes a provider of a row. */
export function compatible(name: string, row: CompatibleRow): Provider {
  const {
    env,
    keyScheme,
    keyRequired,
    headers,
    forwards,
    chat,
    path,
    model,
    embeddings,
    completions,
    endpoints,
    ...facts
  } = row
  const credentials =
    row.credentials ??
    bearer(env, { required: keyRequired ?? true, ...(keyScheme !== undefined && { scheme: keyScheme }) })
  const params = forwards ? row.params : { ...NOT_ELSEWHERE, ...row.params }
  const binding: Binding<'chat'> = {
    codec: chat ? openaiChatWith(chat) : openaiChat,
    path: path ?? '/chat/completions',
    ...(model && { model }),
  }
  return {
    ...facts,
    name,
    baseUrl: row.baseUrl ?? noBaseUrl(row.title, row.baseUrlEnv),
    credentials: headers ? vendorHeaders(credentials, headers) : credentials,
    endpoints: {
      chat: [binding],
      ...(embeddings && { embedding: [{ codec: embeddingsOf(row), path: embeddingsPath(path) }] }),
      ...(completions && { text_completion: [completionsOf(row)] }),
      ...endpoints,
    },
    ...(params && { params }),
  }
}

function embeddingsOf({ embeddings, forwards }: CompatibleRow) {
  if (typeof embeddings === 'object') return openaiEmbeddingsWith(embeddings)
  return forwards ? openaiEmbeddings : textEmbeddings
}

function completionsOf({ chat, path, model }: CompatibleRow): Binding<'text_completion'> {
  return {
    codec: chat?.streamUsage === false ? openaiCompletionsWith({ streamUsage: false }) : openaiCompletions,
    path: typeof path === 'string' ? path.replace('/chat/completions', '/completions') : '/completions',
    ...(model && { model }),
  }
}

/** Beside the chat's own path, where that is not the usual one. */
function embeddingsPath(chat: Binding['path'] | undefined): string {
  return typeof chat === 'string' ? chat.replace('/chat/completions', '/embeddings') : '/embeddings'
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
