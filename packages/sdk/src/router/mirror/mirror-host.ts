import type { CallRecord } from '../../types/call-record.ts'
import type { Meter } from '../../types/meter.ts'

/** What the surroundings make of mirrored calls. Nobody waits for them but who shuts down. */
export interface MirrorHost {
  /** A copy begins. */
  begun?(record: CallRecord): void
  /** A copy is over, well or not; usage and cost are not in its record yet. */
  ended(record: CallRecord, meter: Meter | undefined, promptTokens: () => number): Promise<void> | void
  /** One of the two above failed. Must not throw. */
  fault(error: unknown): void
}
