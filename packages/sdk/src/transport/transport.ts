import type { OutgoingRequest } from '../credentials/credentials.ts'
import type { CancelSignal } from '../types/cancel-signal.ts'

/** The way to a provider. One is shared by all calls; it keeps connections alive per origin. */
export interface Transport {
  /** Sends and collects the whole reply. Error statuses are answers, not errors. */
  exchange(request: OutgoingRequest, limits: ExchangeLimits): Promise<WholeReply>
  /** Sends and resolves at the response head; the body waits to be pumped. */
  open(request: OutgoingRequest, limits: ExchangeLimits): Promise<OpenReply>
  close(): Promise<void>
}

export interface ExchangeLimits {
  /** Milliseconds for everything, body included. */
  readonly timeoutMs: number
  /** Milliseconds to the response head (streams: to the first byte). */
  readonly headTimeoutMs?: number | undefined
  /** Milliseconds between two reads of the body. */
  readonly idleTimeoutMs?: number | undefined
  /** Bytes of a whole reply; more is refused. */
  readonly maxBytes: number
  readonly signal?: CancelSignal | undefined
}

export interface ReplyHead {
  readonly status: number
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
}

export interface WholeReply extends ReplyHead {
  readonly body: Buffer
}

export interface OpenReply extends ReplyHead {
  /**
   * Reads the body, once. `push` gets each network read as it comes; reading pauses while a promise it returned is
   * pending. Resolves at the end of the body; rejects when the connection broke, timed out or was aborted.
   */
  pump(push: (bytes: Buffer) => void | Promise<void>): Promise<void>
  /** Collects the rest, for error bodies. */
  collect(): Promise<Buffer>
  /** Frees the socket at once. */
  abort(): void
}
