import type { CallInfo, Codec, Relay } from '../codecs/codec.ts'
import type { OutgoingRequest, SigningHost } from '../credentials/credentials.ts'
import type { Strictness } from '../providers/params/param-rules.ts'
import type { Provider } from '../providers/provider.ts'
import type { MediaFetcher } from '../transport/media/media-fetcher.ts'
import type { ExchangeLimits, Transport } from '../transport/transport.ts'
import type { CancelSignal } from '../types/cancel-signal.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Meter } from '../types/meter.ts'
import type { Warning } from '../types/warning.ts'

/** One call of one deployment. */
export interface Call<E extends EndpointName> {
  readonly endpoint: E
  readonly request: RequestOf<E>
  readonly deployment: Deployment
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly strictness: Strictness
  /** Milliseconds for the whole call. */
  readonly timeoutMs: number
  /** Milliseconds to the first output of a stream. */
  readonly streamTimeoutMs?: number | undefined
  /** Milliseconds a stream may be silent between two reads; five minutes unless stated. */
  readonly idleTimeoutMs?: number | undefined
  readonly signal?: CancelSignal | undefined
  /** Headers of the caller's format, for providers that speak it too; lower case. */
  readonly formatHeaders?: Readonly<Record<string, string>> | undefined
  /** Headers of the caller to send along, lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The client's wire format. Keys that only it knows do not reach providers of another format. */
  readonly clientFormat: string
  /** The client's own bytes, when it might be enough to pass them on. */
  readonly original?: OriginalRequest | undefined
  warn(warning: Warning): void
  /** Told what is known of a stream that has begun, and may end before its first output. */
  readonly begun?: ((meter: Meter) => void) | undefined
}

/** A request as the client sent it. */
export interface OriginalRequest {
  readonly format: string
  readonly bytes: Buffer
  readonly body: JsonObject
}

/** What a call needs from its surroundings. */
export interface CallHost {
  readonly transport: Transport
  readonly providers: ReadonlyMap<string, Provider>
  /** The first set variable's value; blank counts as unset. */
  readonly secret: (names: readonly string[]) => string | undefined
  /** The model's output limit, where the catalogue knows it. */
  readonly maxOutputTokens: (deployment: Deployment) => number | undefined
  /** What signing may need of the outside world; its token requests go over `transport`. */
  readonly signing: SigningHost
  /** Fetches what callers name by URL. */
  readonly media: MediaFetcher
  /** Largest whole reply, bytes. */
  readonly maxResponseBytes: number
}

/** A call that needs no network. */
export interface LocalReply<E extends EndpointName> {
  readonly ask: Call<E>
  readonly info: CallInfo
  readonly answer: (info: CallInfo) => ResponseOf<E> | Promise<ResponseOf<E>>
}

/** A call ready to be signed and sent. */
export interface Prepared<E extends EndpointName> {
  readonly ask: Call<E>
  /** What is asked of this provider: the deployment's defaults and the parameter rules applied. */
  readonly request: RequestOf<E>
  readonly provider: Provider
  readonly codec: Codec<E>
  readonly info: CallInfo
  readonly secret: string | undefined
  readonly outgoing: OutgoingRequest
  readonly limits: ExchangeLimits
  /** Set when the reply's bytes may pass untouched. */
  readonly relayed: { readonly relay: Relay; readonly body: JsonObject } | undefined
}
