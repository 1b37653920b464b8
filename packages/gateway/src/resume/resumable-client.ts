import type { SluiceError } from 'sluice/internal'
import type { Client, ReplyHead } from '../steps/client.ts'
import { Departure } from './departure.ts'
import type { KeptStream } from './kept-stream.ts'
import type { KeptStreams } from './kept-streams.ts'

/** The request header that asks for a stream that can be continued. */
export const RESUMABLE_HEADER = 'x-sluice-resumable'

/**
 * A client that may come back. Its stream of events goes through a `KeptStream`, which brings it to the connection that
 * asked and to any that asks later; its hang-up ends the call only when nobody returns in time. Until a stream begins,
 * and for answers that cannot be resumed, it is the client it wraps.
 */
export class ResumableClient implements Client {
  readonly signal = new Departure()
  private readonly inner: Client
  private readonly streams: KeptStreams
  /** Why its client could not read events with ids. */
  private readonly obstacle: string | undefined
  private stream: KeptStream | undefined

  constructor(inner: Client, streams: KeptStreams, obstacle: string | undefined) {
    this.inner = inner
    this.streams = streams
    this.obstacle = obstacle
    inner.signal.addEventListener('abort', () => {
      // A stream notices by itself that a reader has left.
      if (this.stream === undefined) this.signal.fire()
    })
  }

  send(status: number, head: ReplyHead, body: string | Buffer, contentType: string): void {
    const { record } = head
    const warnings = [...record.warnings, warning('Only streams can be resumed.')]
    this.inner.send(status, { ...head, record: { ...record, warnings } }, body, contentType)
  }

  fail(error: SluiceError, body: string | Buffer, head: ReplyHead): void {
    this.inner.fail(error, body, head)
  }

  begin(head: ReplyHead, contentType: string): void {
    const stream = this.open(head, contentType)
    if (typeof stream === 'string') {
      head.record.warnings.push(warning(stream))
      this.inner.begin(head, contentType)
      return
    }
    this.stream = stream
    this.inner.begin({ ...head, streamId: stream.facts.id }, contentType)
    stream.attach(1, this.inner)
  }

  write(piece: string | Buffer): void | undefined | Promise<void> {
    return this.stream ? this.stream.append(piece) : this.inner.write(piece)
  }

  end(piece: string | Buffer): void {
    if (this.stream) this.stream.finish('ended', piece)
    else this.inner.end(piece)
  }

  breakOff(): void {
    if (this.stream) this.stream.finish('broken', '')
    else this.inner.breakOff()
  }

  private open({ record }: ReplyHead, contentType: string): KeptStream | string {
    if (!contentType.startsWith('text/event-stream'))
      return 'Only streams of server-sent events can be resumed.'
    if (this.obstacle !== undefined) return this.obstacle
    const { caller, callId, endpoint, format } = record
    if (caller === undefined) return 'Nobody is known to whom the stream would belong.'
    return this.streams.open(
      { keyHash: caller.keyHash, callId, endpoint, format, contentType },
      this.signal.fire,
    )
  }
}

function warning(reason: string) {
  return { action: 'ignored', param: RESUMABLE_HEADER, reason } as const
}
