/** Counts calls from their request to the last line in the books, so that a shutdown can wait for them. */
export class OpenCalls {
  private count = 0
  private idle: (() => void) | undefined

  /** `call` never rejects. */
  track(call: Promise<void>): void {
    this.count++
    void call.then(this.left)
  }

  /** Resolves when no call is open. */
  ended(): Promise<void> {
    if (this.count === 0) return Promise.resolve()
    return new Promise(resolve => {
      this.idle = resolve
    })
  }

  private readonly left = () => {
    if (--this.count === 0) this.idle?.()
  }
}
