const MOST_SAMPLES = 256
/** Samples after which a percentile is read anew. */
const STALE_AFTER = 16

/** The last few durations of a group's answers, milliseconds, for their percentiles. */
export class RecentDurations {
  private readonly samples = new Float64Array(MOST_SAMPLES)
  private count = 0
  private sorted: Float64Array | undefined
  private sortedAt = 0

  add(ms: number): void {
    this.samples[this.count++ % MOST_SAMPLES] = ms
  }

  /** Milliseconds within which the share `percentile` of the answers came; undefined before `least` are known. */
  percentile(percentile: number, least: number): number | undefined {
    const known = Math.min(this.count, MOST_SAMPLES)
    if (known < Math.max(least, 1)) return undefined
    if (this.sorted === undefined || this.count - this.sortedAt >= STALE_AFTER) {
      this.sorted = this.samples.slice(0, known).sort()
      this.sortedAt = this.count
    }
    const { length } = this.sorted
    return this.sorted[Math.min(length - 1, Math.floor(length * percentile))]
  }
}
