import { type CallRecord, chargeOf } from 'sluice/internal'
import { type TokenAmounts, tokensUsed } from '../counters/token-amounts.ts'
import type { Reservation } from '../limiter.ts'
import type { MemoryReservation } from '../memory-reservation.ts'

/** What became of a call. */
export interface Outcome {
  /** Undefined keeps the estimate. */
  readonly used: TokenAmounts | undefined
  readonly nanoUsd: number
}

/** Who is told that a call has ended. */
export interface SettleListener {
  settled(reservation: SharedReservation, outcome: Outcome): void
}

/** What one call holds, here and in Redis. */
export class SharedReservation implements Reservation {
  readonly memory: MemoryReservation
  /**
   * `told`: Redis knows of it. `doubt`: it was asked, and has not answered yet. `untold`: it does not know.
   */
  state: 'told' | 'doubt' | 'untold'
  /** Redis's second in which it was taken. */
  second: number
  /** How it ended, while it is in doubt whether Redis knows that it began. */
  outcome: Outcome | undefined
  readonly #listener: SettleListener
  #open = true

  constructor(
    memory: MemoryReservation,
    state: SharedReservation['state'],
    second: number,
    listener: SettleListener,
  ) {
    this.memory = memory
    this.state = state
    this.second = second
    this.#listener = listener
  }

  get headers(): Readonly<Record<string, string>> {
    return this.memory.headers
  }

  /** Waits for nobody: Redis is told, in order, by whoever listens. */
  settle(record: CallRecord): void {
    if (!this.#open) return
    this.#open = false
    this.memory.settle(record)
    const nanoUsd = Math.max(0, chargeOf(record.cost))
    this.#listener.settled(this, { used: tokensUsed(record, this.memory.claim), nanoUsd })
  }
}
