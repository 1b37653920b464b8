import type { Callback, CallRecord } from 'sluice/internal'
import type { CallReference, ScoredCall } from '../db/routing/feedback-store.ts'

interface RecentCall extends ScoredCall {
  readonly callId: string
  readonly traceId: string | undefined
  readonly sessionId: string | undefined
}

/** More than wait for the database at any time while it is there. */
const MOST_CALLS = 5_000
/** Longer names are not remembered; the database finds calls by their beginnings of that length. */
const LONGEST_NAME = 512

/**
 * The last calls of this process, so that one can be named before the database has it. At the bound the oldest is
 * forgotten. A finished call costs one small object; looking one up reads them all.
 */
export class RecentCalls implements Callback {
  readonly name = 'recent_calls'
  readonly isInternal = true
  private readonly ring: RecentCall[] = []
  private next = 0

  onEnd(record: CallRecord): void {
    if (record.caller === undefined) return
    this.ring[this.next] = {
      requestId: record.id,
      apiKey: record.caller.keyHash,
      modelGroup: record.deployment?.group ?? record.requestedModel.slice(0, LONGEST_NAME),
      modelId: record.deployment?.id ?? null,
      startTime: record.startedAt,
      callId: record.callId,
      traceId: remembered(record.traceId),
      sessionId: remembered(record.sessionId ?? record.traceId),
    }
    this.next = (this.next + 1) % MOST_CALLS
  }

  /** Those a client calls so; `apiKey`: of this key alone. */
  find({ kind, id }: CallReference, apiKey: string | undefined): readonly ScoredCall[] {
    return this.ring.filter(call => {
      if (apiKey !== undefined && call.apiKey !== apiKey) return false
      if (kind === 'call') return call.requestId === id || call.callId === id
      return kind === 'trace' ? call.traceId === id : call.sessionId === id
    })
  }
}

function remembered(name: string | undefined): string | undefined {
  return name !== undefined && name.length <= LONGEST_NAME ? name : undefined
}
