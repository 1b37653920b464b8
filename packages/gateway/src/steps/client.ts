import type { CallRecord, CancelSignal, SluiceError } from 'sluice/internal'
import type { Reservation } from '../limits/limiter.ts'

export const JSON_TYPE = 'application/json'
export const SSE_TYPE = 'text/event-stream; charset=utf-8'

/** What the head of an answer is made of; `http/headers.ts` turns it into header lines. */
export interface ReplyHead {
  readonly record: CallRecord
  readonly reservation: Reservation | undefined
  /** The provider's response headers, lower case. */
  readonly upstream: Readonly<Record<string, string>>
  /** Under which the stream can be continued. */
  readonly streamId?: string | undefined
  /** The caller wants to know how the call found its deployment. */
  readonly explain?: boolean | undefined
}

/** The one who waits for the answer. The staircase speaks to this, never to a socket. */
export interface Client {
  /** Aborts when the client hangs up. */
  readonly signal: CancelSignal
  /** Sends a whole answer. */
  send(status: number, head: ReplyHead, body: string | Buffer, contentType: string): void
  /** Sends an error whose body is already in the client's format. */
  fail(error: SluiceError, body: string | Buffer, head: ReplyHead): void
  /** Starts a stream. */
  begin(head: ReplyHead, contentType: string): void
  /** Sends a piece; the returned promise is pending while the client cannot take more. */
  write(piece: string | Buffer): void | undefined | Promise<void>
  /** Ends a stream. */
  end(piece: string | Buffer): void
  /** Breaks a stream off, so that nobody takes what was sent for the whole. */
  breakOff(): void
}
