/** Each step is so much longer than the one before: what is read is right within one part in a hundred. */
const STEP = 1.01
const LOG_STEP = Math.log(STEP)
/** A day. */
const MOST_MS = 86_400_000

/** Percentiles of any number of durations in little room. */
export class LatencyHistogram {
  count = 0
  private readonly steps = new Float64Array(Math.ceil(Math.log(MOST_MS) / LOG_STEP) + 1)

  add(ms: number): void {
    this.count++
    const step = ms <= 1 ? 0 : Math.round(Math.log(Math.min(ms, MOST_MS)) / LOG_STEP)
    this.steps[step] = (this.steps[step] ?? 0) + 1
  }

  /** Milliseconds within which the share of all durations lies; undefined when there are none. */
  percentile(share: number): number | undefined {
    if (this.count === 0) return undefined
    const wanted = Math.max(1, Math.ceil(share * this.count))
    let seen = 0
    for (let step = 0; step < this.steps.length; step++) {
      seen += this.steps[step] as number
      if (seen >= wanted) return Math.round(STEP ** step)
    }
    return MOST_MS
  }
}
