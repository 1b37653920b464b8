import type { CallRecord } from '../types/call-record.ts'

/** Told of every call. Must not block: queue, bound the queue, and state what happens at the bound. */
export interface Callback {
  readonly name: string
  /** The gateway's own bookkeeping: no logger that anybody asked for. */
  readonly isInternal?: true
  onStart?(record: CallRecord): void
  onEnd(record: CallRecord): void
  close?(): Promise<void>
}
