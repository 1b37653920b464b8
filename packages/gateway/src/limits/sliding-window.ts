const SPAN = 60

/**
 * What was taken in the last 60 clock seconds, one slot per second: exact at that grain, so no 60 consecutive clock
 * seconds ever hold more than was allowed. About 600 bytes.
 */
export class SlidingWindow {
  readonly #slots = new Float64Array(SPAN)
  #newest = 0
  #total = 0

  /** What the window holds at this clock second. A clock that steps back is read as standing still. */
  used(second: number): number {
    this.#advance(second)
    return this.#total
  }

  /** Adds (or, negative, gives back) at a clock second; one that has left the window changes nothing. */
  add(second: number, amount: number): void {
    this.#advance(second)
    if (second <= this.#newest - SPAN) return
    const slot = second % SPAN
    this.#slots[slot] = (this.#slots[slot] ?? 0) + amount
    this.#total += amount
  }

  /** Milliseconds from `now` until `amount` more fits under `limit`; `amount` must not exceed `limit`. */
  msUntilRoom(now: number, amount: number, limit: number): number {
    let excess = this.used(Math.floor(now / 1000)) + amount - limit
    if (excess <= 0) return 0
    for (let second = this.#newest - SPAN + 1; second <= this.#newest; second++) {
      excess -= this.#slots[second % SPAN] ?? 0
      if (excess <= 0) return (second + SPAN) * 1000 - now
    }
    return SPAN * 1000
  }

  /** Milliseconds from `now` until the window is empty. */
  msUntilEmpty(now: number): number {
    if (this.used(Math.floor(now / 1000)) === 0) return 0
    let second = this.#newest
    while ((this.#slots[second % SPAN] ?? 0) === 0) second--
    return (second + SPAN) * 1000 - now
  }

  #advance(second: number): void {
    const steps = second - this.#newest
    if (steps <= 0) return
    if (steps >= SPAN) {
      this.#slots.fill(0)
      this.#total = 0
    } else {
      for (let next = this.#newest + 1; next <= second; next++) {
        this.#total -= this.#slots[next % SPAN] ?? 0
        this.#slots[next % SPAN] = 0
      }
    }
    this.#newest = second
  }
}
