/**
 * Keeps extra attempts a stated share of a group's calls, beside a burst to begin with: a token bucket that every call
 * fills a little and every extra attempt empties by one. So an outage is not multiplied by retries, nor slowness by
 * hedges.
 */
export class ShareBudget {
  private tokens: number
  private readonly share: number
  private readonly burst: number

  /** `share`: 0.1 allows one extra attempt for every ten calls. */
  constructor(share: number, burst: number) {
    this.share = share
    this.burst = burst
    this.tokens = burst
  }

  called(): void {
    this.tokens = Math.min(this.burst, this.tokens + this.share)
  }

  get hasRoom(): boolean {
    return this.tokens >= 1
  }

  take(): void {
    this.tokens--
  }
}
