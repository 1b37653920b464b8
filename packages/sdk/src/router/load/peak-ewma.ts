/** Milliseconds in which an old observation loses all but a third of its weight. */
const DECAY_MS = 10_000
/** However often it fails, a deployment may be looked at again. */
const WORST_SHARE = 0.95
/** Latency of a deployment that only ever failed: failing at once must not make it look fast. */
const PRESUMED_MS = 1_000

/**
 * A latency that jumps up with the worst sample and comes down slowly, also while nothing is observed, so that a slow
 * deployment is tried again some day; and the share of recent attempts that failed, which fades alike.
 * After Finagle's peak EWMA.
 */
export class PeakEwma {
  private latency = -1
  private failures = 0
  private at = 0

  /** True until the first sample. */
  get isUnknown(): boolean {
    return this.latency < 0
  }

  observe(latencyMs: number, now: number): void {
    const weight = this.fade(now)
    const faded = Math.max(0, this.latency) * weight
    this.latency = latencyMs > this.latency ? latencyMs : faded + latencyMs * (1 - weight)
    this.failures *= 0.8
    this.at = now
  }

  /** An attempt that was ended before its answer: it would have taken at least as long. */
  observeAtLeast(latencyMs: number, now: number): void {
    if (latencyMs > this.latency * this.fade(now)) this.observe(latencyMs, now)
  }

  /** A failure says nothing good of the latency, and something bad when it took long. */
  observeFailure(latencyMs: number, now: number): void {
    const weight = this.fade(now)
    this.latency = Math.max(this.isUnknown ? PRESUMED_MS : this.latency * weight, latencyMs)
    this.failures = this.failures * weight * 0.8 + 0.2
    this.at = now
  }

  /** What one more request is expected to cost in time: latency, doubled for every second attempt that fails. */
  cost(now: number): number {
    const weight = this.fade(now)
    const share = Math.min(this.failures * weight, WORST_SHARE)
    return (Math.max(this.latency, 0) * weight + 1) / (1 - share) ** 2
  }

  private fade(now: number): number {
    return this.at === 0 ? 1 : Math.exp(-Math.max(0, now - this.at) / DECAY_MS)
  }
}
