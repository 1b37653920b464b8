import type { IncomingHttpHeaders } from 'node:http'
import type { ReplyScript } from '../answer/conversation.ts'
import type { JobScript } from '../state/jobs.ts'
import type { FailureKind } from '../wire/failure.ts'

/** `close` ends the connection, `reset` breaks it, `hang` keeps it open and sends nothing more. */
export type CutMode = 'close' | 'reset' | 'hang'

/** How one request is answered and how the answer is sent. All times in milliseconds, all sizes in bytes. */
export interface Control {
  /** What to answer, in no vendor's words. */
  readonly reply?: ReplyScript | undefined
  /** The status; 400 and above answers with the vendor's error body, unless `body` is given. */
  readonly status?: number | undefined
  readonly failure?: FailureKind | undefined
  readonly retryAfterSeconds?: number | undefined
  /** Sent besides the vendor's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The whole body: bytes and strings as they are, anything else as JSON. */
  readonly body?: unknown
  /** The events of a stream: strings as they are, anything else framed as the vendor does. No end mark is added. */
  readonly events?: readonly unknown[] | undefined
  /** The exact bytes of a stream. */
  readonly rawStream?: Buffer | undefined
  /** Before the head of the response. */
  readonly latencyMs?: number | undefined
  /** Between the head and the first byte of the body. */
  readonly firstTokenMs?: number | undefined
  /** Between two writes. */
  readonly tokenIntervalMs?: number | undefined
  /** Benchmarks only: how many events one write carries, default 1. */
  readonly eventsPerWrite?: number | undefined
  /** Writes the body in pieces of this size instead of one event at a time. */
  readonly chunkBytes?: number | undefined
  /** Writes the body in pieces that end at these offsets. */
  readonly splitAt?: readonly number[] | undefined
  /** Stops after this many bytes of the body; a stream that is exactly as long stays unended. */
  readonly cutAfterBytes?: number | undefined
  /** Default `close`. */
  readonly cutMode?: CutMode | undefined
  /** Cuts before the status line. */
  readonly cutBeforeHead?: boolean | undefined
  /**
   * Sends this many events, of `events` where they are given, then an error event (raw bytes: a reset), and ends the
   * stream without its end mark.
   */
  readonly failAfterEvents?: number | undefined
  /** Of a request that starts a job: how the job goes on. */
  readonly job?: JobScript | undefined
  /** Of a token request: how long the token is good for. */
  readonly lifetimeSeconds?: number | undefined
  /** The first requests for this model fail, later ones succeed. */
  readonly failTimes?: number | undefined
}

/** The later controls win; their `reply`s are merged. */
export function mergeControls(...controls: readonly (Control | undefined)[]): Control {
  const merged = Object.assign({}, ...controls) as Control
  const replies = controls.flatMap(control => control?.reply ?? [])
  return replies.length > 1 ? { ...merged, reply: Object.assign({}, ...replies) as ReplyScript } : merged
}

const numeric = {
  'x-testkit-latency-ms': 'latencyMs',
  'x-testkit-first-token-ms': 'firstTokenMs',
  'x-testkit-interval-ms': 'tokenIntervalMs',
  'x-testkit-events-per-write': 'eventsPerWrite',
  'x-testkit-chunk-bytes': 'chunkBytes',
  'x-testkit-cut-after-bytes': 'cutAfterBytes',
  'x-testkit-fail-after-events': 'failAfterEvents',
  'x-testkit-status': 'status',
  'x-testkit-retry-after': 'retryAfterSeconds',
} as const

/** What `x-testkit-…` headers ask for; `undefined` when there are none. Throws when a value is not a number. */
export function headerControl(headers: IncomingHttpHeaders): Control | undefined {
  const control: Record<string, unknown> = {}
  const reply: Record<string, number> = {}
  for (const name in headers) {
    if (!name.startsWith('x-testkit-')) continue
    const value = String(headers[name])
    if (name === 'x-testkit-reply-bytes') reply.textBytes = numberOf(name, value)
    else if (name === 'x-testkit-events') reply.events = numberOf(name, value)
    else if (name === 'x-testkit-cut-mode') control.cutMode = value
    else if (name in numeric) control[numeric[name as keyof typeof numeric]] = numberOf(name, value)
    else throw new TypeError(`Unknown header ${name}; the README lists the x-testkit headers.`)
  }
  if (Object.keys(reply).length > 0) control.reply = reply
  return Object.keys(control).length > 0 ? (control as Control) : undefined
}

function numberOf(name: string, value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new TypeError(`Header ${name} must be a number of at least 0, not '${value}'.`)
  }
  return number
}
