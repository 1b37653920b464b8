import { type CallRecord, type Cost, type Meter, stampRecord } from 'sluice/internal'
import type { Stages } from './stages.ts'

/** What a call costs whose cost could not be worked out: reports show it, and budgets keep what is known. */
const UNKNOWN: Cost = { state: 'unknown', reason: 'the cost could not be worked out: an internal error' }

/** The call is over: its end, its usage and its cost. What was received is charged, however it ended. Never throws. */
export function closeRecord(
  record: CallRecord,
  meter: Meter | undefined,
  promptTokens: number,
  explain: boolean,
  { catalogue, faults, now, routes }: Pick<Stages, 'catalogue' | 'faults' | 'now' | 'routes'>,
): void {
  record.endedAt = now()
  try {
    stampRecord(record, meter, catalogue, { promptTokens })
  } catch (error) {
    record.cost = UNKNOWN
    faults.note('cost', error, record.id)
  }
  if (!explain) return
  try {
    routes.compareCost(record)
  } catch (error) {
    faults.note('cost', error, record.id)
  }
}
