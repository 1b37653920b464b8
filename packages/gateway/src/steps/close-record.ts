import { type CallRecord, type Meter, stampRecord } from 'sluice/internal'
import type { Stages } from './stages.ts'

/** The call is over: its end, its usage and its cost. What was received is charged, however it ended. */
export function closeRecord(
  record: CallRecord,
  meter: Meter | undefined,
  promptTokens: number,
  explain: boolean,
  { catalogue, now, routes }: Pick<Stages, 'catalogue' | 'now' | 'routes'>,
): void {
  record.endedAt = now()
  stampRecord(record, meter, catalogue, { promptTokens })
  if (explain) routes.compareCost(record)
}
