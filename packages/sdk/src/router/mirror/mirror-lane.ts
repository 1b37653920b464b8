/** How many copies went their way so far. */
export interface MirrorCounts {
  readonly running: number
  readonly sent: number
  /** Left out because too many were under way. */
  readonly skipped: number
}

/** Where mirrored calls run beside the others: so many at one time, and none is waited for but at the end. */
export class MirrorLane {
  private readonly running = new Set<Promise<void>>()
  private readonly stopping = new AbortController()
  private sent = 0
  private skipped = 0

  /** True when there is room for one more; else it is counted as skipped. */
  admits(most: number): boolean {
    if (this.running.size < most && !this.stopping.signal.aborted) return true
    this.skipped++
    return false
  }

  /** Runs `work` once whoever is at work now has done its part. `onFault` hears when it fails. */
  run(work: (signal: AbortSignal) => Promise<void>, onFault: (error: unknown) => void): void {
    this.sent++
    const run = new Promise<void>(resolve => setImmediate(resolve))
      .then(() => work(this.stopping.signal))
      .catch(onFault)
      .finally(() => this.running.delete(run))
    this.running.add(run)
  }

  get counts(): MirrorCounts {
    return { running: this.running.size, sent: this.sent, skipped: this.skipped }
  }

  /** Waits for what is under way, at most so many milliseconds, then cuts it off; none begins any more. */
  async close(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), withinMs)
    while (this.running.size > 0) await Promise.all(this.running)
    clearTimeout(timer)
    this.stopping.abort()
  }
}
