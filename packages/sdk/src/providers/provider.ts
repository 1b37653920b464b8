import type { CallInfo, Codec } from '../codecs/codec.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { ErrorKind } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'

/** What a path may depend on. */
export interface PathAt {
  readonly model: string
  readonly stream: boolean
  readonly deployment: Deployment
  /** The base URL the path will be joined to, where it is known. */
  readonly base?: string
}

/** A codec at one provider. */
export interface Binding<E extends EndpointName = EndpointName> {
  readonly codec: Codec<E>
  /** Path below the base URL; a function where model or streaming decide it. */
  readonly path: string | ((at: PathAt) => string)
  /** Where this endpoint lies elsewhere than the provider's others: made of their base URL. */
  readonly baseUrl?: (base: string, deployment: Deployment) => string
  /** Where an endpoint has several bindings: which models this one is for. The first that serves is taken. */
  readonly serves?: (model: string) => boolean
  /** The provider's model id, where the name carries more than that (`converse/…`, a region). */
  readonly model?: (model: string) => string
}

/**
 * How one OpenAI parameter differs at a provider that otherwise speaks a format we have.
 * `drop`: accepted and meaningless, left out with a warning. `refuse`: the provider cannot do it (strictness decides).
 * `keep`: the provider takes it though the format does not list it. `rename`: same value under another top-level key.
 * `min`, `max`: clamp with a warning. `only`: other values are refused (strictness decides). `values`: the same thing
 * in the provider's words.
 */
export type ParamRule =
  | 'drop'
  | 'refuse'
  | 'keep'
  | { readonly rename: string }
  | { readonly min?: number; readonly max: number }
  | { readonly min: number; readonly max?: number }
  | { readonly only: readonly unknown[] }
  | { readonly values: Readonly<Record<string, unknown>> }

export type ParamRules = Readonly<Record<string, ParamRule>>

/** How a provider words one kind of failure, for those whose format's own error table does not tell. All given must hold. */
export interface ErrorRule {
  readonly kind: ErrorKind
  readonly status?: number
  /** The body's error code, type or status word. */
  readonly code?: string
  /** Last resort, where the vendor has no code for it: what the message says. */
  readonly message?: RegExp
}

/** Answers a request locally. May throw a `SluiceError`. */
export type LocalAnswer = <E extends EndpointName>(
  endpoint: E,
  request: RequestOf<E>,
  info: Pick<CallInfo, 'id' | 'now' | 'model' | 'deployment'>,
) => ResponseOf<E>

/** The facts of one provider. Providers never open sockets. */
export interface Provider {
  /** LiteLLM's name: the prefix in `provider/model`. */
  readonly name: string
  /** The name people know. */
  readonly title: string
  /** The vendor's API reference. */
  readonly docs: string
  readonly baseUrl: string | ((deployment: Deployment) => string)
  /** Environment variables that may override the base URL, first wins. */
  readonly baseUrlEnv?: readonly string[]
  readonly credentials: Credentials
  readonly endpoints: { readonly [E in EndpointName]?: readonly Binding<E>[] }
  /** A provider that answers by itself, without a network. */
  readonly answer?: LocalAnswer
  /** Differences from the codec's own parameter list. */
  readonly params?: ParamRules
  /** Differences that depend on the model; they win over `params`. */
  readonly modelParams?: (
    model: string,
    at?: { readonly deployment: Deployment; readonly request: JsonObject },
  ) => ParamRules | undefined
  /** Looked through in order before the codec's own error table. */
  readonly errors?: readonly ErrorRule[]
  /** Host suffixes (`bfl.ai`) that hear the credentials too when a reply says where to go on. */
  readonly followHosts?: readonly string[]
  /** True when `usage.cost` (US dollars) in a reply is what the vendor charges. */
  readonly reportsCost?: true
  /** Name in the price catalogue when it differs. */
  readonly priceName?: string
  /** Models to show when only the key is known, newest first; a hint, not a limit. */
  readonly exampleModels?: readonly string[]
}
