import type { SubjectCounters } from '../counters/subject-counters.ts'

/** What a message says was spent of a counter. */
export interface Spend {
  readonly counters: SubjectCounters
  readonly nanoUsd: number
  /** End of the period it was spent in. */
  readonly resetAt: number | undefined
}

/**
 * Numbered messages that spend and were not answered yet, oldest first. When a connection breaks, the number Redis saw
 * last tells which of them arrived, so that none counts twice or is lost. As many as there may be commands in flight.
 */
export class Unanswered {
  #number = 0
  #messages: { readonly number: number; readonly spends: readonly Spend[] }[] = []

  /** Numbers a message. */
  add(spends: readonly Spend[]): number {
    const number = ++this.#number
    this.#messages.push({ number, spends })
    return number
  }

  answered(number: number): void {
    if (this.#messages[0]?.number === number) this.#messages.shift()
    else this.#messages = this.#messages.filter(each => each.number !== number)
  }

  /** Forgets all, and gives what was spent by those after the last that arrived. */
  takeAfter(last: number): readonly Spend[] {
    const missed = this.#messages.filter(each => each.number > last).flatMap(each => each.spends)
    this.#messages = []
    return missed
  }
}
