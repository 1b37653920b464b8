/** Retries a group may make at once, whatever its traffic: enough to find out that a deployment is down. */
const BURST = 100

/**
 * Keeps an outage from being multiplied: retries may be a stated share of a group's calls, beside a burst to begin
 * with. A token bucket that every call fills a little and every retry empties by one; retries after a failure that took
 * its deployment out of the choice are not counted.
 */
export class RetryBudget {
  private tokens = BURST
  private readonly share: number

  /** `share`: 0.1 allows one retry for every ten calls. */
  constructor(share: number) {
    this.share = share
  }

  called(): void {
    this.tokens = Math.min(BURST, this.tokens + this.share)
  }

  get mayRetry(): boolean {
    return this.tokens >= 1
  }

  retried(): void {
    this.tokens--
  }
}
