const WINDOW_MS = 60_000

/** Attempts and failures of one deployment in the last minute or so. */
export class FailureWindow {
  private startedAt = 0
  private attempts = 0
  private failures = 0
  private readonly byClass = new Map<string, number>()

  attempted(now: number): void {
    this.roll(now)
    this.attempts++
  }

  /** Counts a failure of an error class; all failures when the class has no count of its own. */
  failed(errorClass: string | undefined, now: number): number {
    this.roll(now)
    if (errorClass === undefined) return ++this.failures
    const count = (this.byClass.get(errorClass) ?? 0) + 1
    this.byClass.set(errorClass, count)
    return count
  }

  /** Of all attempts, the share that failed. */
  share(): number {
    return this.failures / Math.max(this.attempts, this.failures, 1)
  }

  /** True while failures of the last minute or so are remembered. */
  isFailing(now: number): boolean {
    this.roll(now)
    return this.failures > 0 || this.byClass.size > 0
  }

  reset(): void {
    this.startedAt = 0
    this.attempts = 0
    this.failures = 0
    this.byClass.clear()
  }

  private roll(now: number): void {
    if (now - this.startedAt <= WINDOW_MS) return
    this.reset()
    this.startedAt = now
  }
}
