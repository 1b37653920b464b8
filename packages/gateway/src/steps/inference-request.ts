import type { Codec, EndpointName, JsonObject } from 'sluice/internal'
import type { RouteAccess } from '../auth/authorize-route.ts'
import type { Origin } from '../auth/door/origin.ts'

/** A client's request for work, as it came through an HTTP door. */
export interface InferenceRequest<E extends EndpointName = EndpointName> {
  /** What the record is opened with. `callId` is a client's own `x-litellm-call-id`, else our `id`. */
  readonly open: {
    readonly id: string
    readonly callId: string
    readonly endpoint: E
    readonly format: string
    /** Milliseconds since the epoch. */
    readonly startedAt: number
  }
  /** The client's wire format. */
  readonly codec: Codec<E>
  /** From the path, where the format puts it there. */
  readonly model: string | undefined
  readonly stream: boolean | undefined
  /** Who may ask for it. */
  readonly access: RouteAccess
  /** What stands for the path's other variables. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  /** The key it came with, without its scheme. */
  readonly credential: string | undefined
  /** Where it came from; absent for a call that the gateway makes itself. */
  readonly origin?: Origin | undefined
  readonly bytes: Buffer
  /** The body's media type as the client states it. */
  readonly contentType?: string | undefined
  /** For methods without a body: the query's parameters, which are the request then. */
  readonly query?: JsonObject | undefined
  /** `performance.now()` when the request's head was read. */
  readonly arrived: number
  /** The path without query, for logs and metrics. */
  readonly route: string
  readonly hints: RequestHints
}

/** What `x-litellm-*` and other request headers say. */
export interface RequestHints {
  readonly timeoutMs?: number | undefined
  readonly streamTimeoutMs?: number | undefined
  readonly numRetries?: number | undefined
  readonly tags?: readonly string[] | undefined
  /** Values of `extra_spend_tag_headers`. */
  readonly tagged?: readonly string[] | undefined
  readonly agentId?: string | undefined
  readonly endUser?: string | undefined
  readonly traceId?: string | undefined
  readonly sessionId?: string | undefined
  /** `x-sluice-explain`: the answer says how the call found its deployment. */
  readonly explain?: boolean | undefined
  readonly spendMetadata?: JsonObject | undefined
  readonly clientIp?: string | undefined
  readonly userAgent?: string | undefined
  /** What the client's format says in headers, for providers of the same format. */
  readonly formatHeaders?: Readonly<Record<string, string>> | undefined
  /** The stream should be one that can be continued. */
  readonly resumable?: boolean | undefined
  /** To be sent upstream, lower case. */
  readonly forward?: Readonly<Record<string, string>> | undefined
}
