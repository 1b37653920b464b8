/** The last few samples of a deployment, each valid for a time. */
export class RecentLatencies {
  private readonly samples: { readonly value: number; readonly at: number }[] = []
  private sum = 0

  add(value: number, now: number, most: number): void {
    this.samples.push({ value, at: now })
    this.sum += value
    while (this.samples.length > most) this.shift()
  }

  /** The mean of the samples not older than `ttlMs`; 0 when there is none. */
  mean(now: number, ttlMs: number): number {
    while (this.samples.length > 0 && (this.samples[0]?.at ?? 0) + ttlMs < now) this.shift()
    return this.samples.length === 0 ? 0 : this.sum / this.samples.length
  }

  private shift(): void {
    this.samples.shift()
    // Summed anew: adding and subtracting fractions for ever would drift.
    this.sum = this.samples.reduce((sum, { value }) => sum + value, 0)
  }
}
