/** Whether a pool can open connections: what it has open, and how its last attempt went. */
export class Reach {
  /** At most as many as the pool may have. */
  readonly #open = new Set<object>()
  #isRefused = false

  opened(connection: object): void {
    this.#open.add(connection)
    this.#isRefused = false
  }

  closed(connection: object): void {
    this.#open.delete(connection)
  }

  refused(): void {
    this.#isRefused = true
  }

  /** Another connection was opened just now: the next attempt may go well. */
  reopened(): void {
    this.#isRefused = false
  }

  /** True when there is no connection, and none could be opened. */
  get isBarred(): boolean {
    return this.#isRefused && this.#open.size === 0
  }
}
