import type { CallRecord } from 'sluice/internal'
import type { Stages } from './stages.ts'

/** Tells everybody that a call begins. Never throws: one who fails is none of the call's business. */
export function tellStart(
  record: CallRecord,
  { callbacks, faults }: Pick<Stages, 'callbacks' | 'faults'>,
): void {
  for (const callback of callbacks) {
    try {
      callback.onStart?.(record)
    } catch (error) {
      faults.note('callback', error, record.id)
    }
  }
}

/** Tells everybody that a call has ended. Never throws, and one who fails keeps it from nobody else. */
export function tellEnd(
  record: CallRecord,
  { callbacks, faults }: Pick<Stages, 'callbacks' | 'faults'>,
): void {
  for (const callback of callbacks) {
    try {
      callback.onEnd(record)
    } catch (error) {
      faults.note('callback', error, record.id)
    }
  }
}
