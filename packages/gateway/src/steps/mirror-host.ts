import type { MirrorHost } from 'sluice/internal'
import { closeRecord } from './close-record.ts'
import type { Stages } from './stages.ts'

/** Copies of calls end as calls do: their usage and cost stamped, callbacks told, and written down, under no key. */
export function createMirrorHost(stages: () => Stages, fault: (error: unknown) => void): MirrorHost {
  return {
    begun(record) {
      for (const callback of stages().callbacks) callback.onStart?.(record)
    },
    async ended(record, meter, promptTokens) {
      const { callbacks, ledger } = stages()
      closeRecord(record, meter, meter && !meter.usage ? promptTokens() : 0, false, stages())
      for (const callback of callbacks) callback.onEnd(record)
      await ledger.post(record)
    },
    fault,
  }
}
