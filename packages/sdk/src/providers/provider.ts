import type { CallInfo, Codec } from '../codecs/codec.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../types/endpoint-map.ts'

/** A codec at one provider. */
export interface Binding<E extends EndpointName = EndpointName> {
  readonly codec: Codec<E>
  /** Path below the base URL; a function where model or streaming decide it. */
  readonly path: string | ((at: { model: string; stream: boolean; deployment: Deployment }) => string)
}

/**
 * How one OpenAI parameter differs at a provider that otherwise speaks a format we have.
 * `drop`: accepted and meaningless, left out with a warning. `refuse`: the provider cannot do it (strictness decides).
 * `keep`: the provider takes it though the format does not list it. `rename`: same value under another top-level key.
 * `max`: clamp with a warning.
 */
export type ParamRule = 'drop' | 'refuse' | 'keep' | { readonly rename: string } | { readonly max: number }

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
  readonly params?: Readonly<Record<string, ParamRule>>
  /** Name in the price catalogue when it differs. */
  readonly priceName?: string
  /** Models to show when only the key is known, newest first; a hint, not a limit. */
  readonly exampleModels?: readonly string[]
}
