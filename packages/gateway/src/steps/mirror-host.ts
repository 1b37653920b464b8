import type { MirrorHost } from 'sluice/internal'
import { closeRecord } from './close-record.ts'
import type { Stages } from './stages.ts'
import { tellEnd, tellStart } from './tell-callbacks.ts'

/** Copies of calls end as calls do: their usage and cost stamped, callbacks told, and written down, under no key. */
export function createMirrorHost(stages: () => Stages, fault: (error: unknown) => void): MirrorHost {
  return {
    begun(record) {
      tellStart(record, stages())
    },
    async ended(record, meter, promptTokens) {
      closeRecord(record, meter, meter && !meter.usage ? promptTokens() : 0, false, stages())
      tellEnd(record, stages())
      await stages().ledger.post(record)
    },
    fault,
  }
}
