import { type CallRecord, type Meter, SluiceError, stampRecord } from 'sluice/internal'
import type { Stages } from './stages.ts'

/** The call is over: its end, its usage and its cost. What was received is charged, however it ended. */
export function closeRecord(
  record: CallRecord,
  meter: Meter | undefined,
  promptTokens: number,
  { catalogue, routes, now }: Pick<Stages, 'catalogue' | 'routes' | 'now'>,
): void {
  record.endedAt = now()
  if (meter === undefined) return
  stampRecord(record, meter, catalogue, { promptTokens })
  if (record.deployment === undefined || record.clientGone) return
  routes.observe(record.deployment, record.error instanceof SluiceError ? record.error : undefined)
}
