const MINUTE_MS = 60_000

/** Requests and tokens of the current UTC minute, as providers and LiteLLM count them. */
export class MinuteUsage {
  private minute = 0
  private requestCount = 0
  private tokenCount = 0

  requests(now: number): number {
    this.roll(now)
    return this.requestCount
  }

  tokens(now: number): number {
    this.roll(now)
    return this.tokenCount
  }

  addRequest(now: number): void {
    this.roll(now)
    this.requestCount++
  }

  /** May be negative: what was reserved and not used. Never below zero in total. */
  addTokens(tokens: number, now: number): void {
    this.roll(now)
    this.tokenCount = Math.max(0, this.tokenCount + tokens)
  }

  private roll(now: number): void {
    const minute = Math.floor(now / MINUTE_MS)
    if (minute === this.minute) return
    this.minute = minute
    this.requestCount = 0
    this.tokenCount = 0
  }
}

/** Milliseconds until the next UTC minute begins. */
export function untilNextMinute(now: number): number {
  return MINUTE_MS - (now % MINUTE_MS)
}
