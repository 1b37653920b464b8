import { createError, type SluiceError } from '../../errors.ts'
import { abortedError } from '../../transport/deadline.ts'
import type { CancelSignal } from '../../types/cancel-signal.ts'
import type { Candidate } from '../candidate.ts'

/** A call that waits for a place at any of several deployments. */
export interface Waiter {
  /** Lower goes first. */
  readonly priority: number
  take(candidate: Candidate): void
  readonly candidates: readonly Candidate[]
}

export interface WaitLimits {
  readonly priority: number
  /** Milliseconds. */
  readonly patienceMs: number
  readonly signal: CancelSignal | undefined
  /** Most calls that may wait for one deployment. */
  readonly mostWaiting: number
}

/**
 * Waits until one of the candidates has a free place, and takes it: the place is counted in flight when this resolves.
 * Throws `RateLimitError` when too many wait already, or the time is over.
 */
export function waitForPlace(candidates: readonly Candidate[], limits: WaitLimits): Promise<Candidate> {
  const { patienceMs, signal, mostWaiting, priority } = limits
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortedError(signal))
    const queues = candidates.filter(({ load }) => load.waiting.length < mostWaiting)
    if (queues.length === 0) return reject(tooMany(`${mostWaiting} calls wait for it already`))
    const leave = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      for (const { load } of queues) remove(load.waiting, waiter)
    }
    const onAbort = () => {
      leave()
      reject(abortedError(signal))
    }
    const timer = setTimeout(() => {
      leave()
      reject(tooMany('no place became free in the time of the call'))
    }, patienceMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    const waiter: Waiter = {
      priority,
      candidates: queues,
      take(candidate) {
        leave()
        resolve(candidate)
      },
    }
    for (const { load } of queues) insert(load.waiting, waiter)
  })
}

/** Gives up one place: to the next call that waits for it, if there is one. */
export function releasePlace({ load }: Candidate): void {
  const next = load.waiting[0]
  const candidate = next?.candidates.find(other => other.load === load)
  // The place changes hands without becoming free in between.
  if (next && candidate) next.take(candidate)
  else load.inFlight--
}

function insert(queue: Waiter[], waiter: Waiter): void {
  const at = queue.findIndex(({ priority }) => priority > waiter.priority)
  if (at === -1) queue.push(waiter)
  else queue.splice(at, 0, waiter)
}

function remove(queue: Waiter[], waiter: Waiter): void {
  const at = queue.indexOf(waiter)
  if (at !== -1) queue.splice(at, 1)
}

function tooMany(why: string): SluiceError {
  return createError({
    kind: 'rate_limit',
    message: `Every deployment of the model serves as many calls at one time as it may (max_parallel_requests), and ${why}.`,
    retryAfterMs: 1_000,
  })
}
