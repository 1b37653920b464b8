/** How far a sink is. Times are milliseconds since the epoch. */
export interface SinkHealth {
  readonly name: string
  /** Bytes of journal that wait for it. */
  readonly pendingBytes: number
  /** Bytes that waited for too long and were passed over, since the start. */
  readonly skippedBytes: number
  /** Rows it took since the start. */
  readonly sent: number
  /** Batches it did not take since the start. */
  readonly failures: number
  /** It did not take the last one. */
  readonly isFailing: boolean
  /** When it last took rows; undefined when it has not since the start. */
  readonly lastSuccessAt: number | undefined
  /** When it last had everything, or this process started. */
  readonly caughtUpAt: number
  readonly flushMs: number
}

/** Beyond two of its turns and this, a sink has fallen behind. */
const SLACK_MS = 60_000
const MEGABYTE = 1_000_000

/** Milliseconds since it last had everything; 0 while nothing waits. */
export function lagOf({ pendingBytes, caughtUpAt }: SinkHealth, now: number): number {
  return pendingBytes === 0 ? 0 : Math.max(0, now - caughtUpAt)
}

/** A sentence about a sink that does not take rows, or too slowly; undefined while all is well. */
export function sinkProblem(sink: SinkHealth, now: number): string | undefined {
  const { name, flushMs, isFailing, pendingBytes, skippedBytes } = sink
  const lagMs = lagOf(sink, now)
  if (!isFailing && lagMs <= 2 * flushMs + SLACK_MS) return undefined
  const what = isFailing ? 'does not take rows' : `is ${Math.round(lagMs / 60_000)} minutes behind`
  const skipped = skippedBytes > 0 ? `, ${megabytes(skippedBytes)} were skipped` : ''
  return `The spend sink ${name} ${what}: ${megabytes(pendingBytes)} wait on disk${skipped}. The database has them all the same.`
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}
