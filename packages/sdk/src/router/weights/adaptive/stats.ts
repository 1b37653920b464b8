/** What is known of one deployment in one slot of time. */
export interface OutcomeSlot {
  /** Milliseconds since the epoch, at its beginning. */
  readonly at: number
  readonly attempts: number
  readonly failures: number
  readonly scores: number
  /** Of scores from 0 to 1. */
  readonly scoreSum: number
}

/** One deployment of a group. */
export interface DeploymentStats {
  readonly id: string
  /** What it weighs without being adapted. */
  readonly weight: number
  /** Of the window, the newest first. */
  readonly slots: readonly OutcomeSlot[]
  /** Dollars for an input and an output token together; undefined when nobody knows. */
  readonly price: number | undefined
}

/** A mean of samples between 0 and 1, and how many there are. */
export interface Share {
  readonly count: number
  readonly sum: number
}

/** Successes of attempts. */
export function successesOf(slots: readonly OutcomeSlot[]): Share {
  const count = sumOf(slots, slot => slot.attempts)
  return {
    count,
    sum:
      count -
      Math.min(
        count,
        sumOf(slots, slot => slot.failures),
      ),
  }
}

export function scoresOf(slots: readonly OutcomeSlot[]): Share {
  return { count: sumOf(slots, slot => slot.scores), sum: sumOf(slots, slot => slot.scoreSum) }
}

/** A mean and how uncertain it is. */
export interface Estimate {
  readonly mean: number
  readonly variance: number
}

/** The mean of a Beta posterior whose prior is `imagined` samples at `priorMean`, and its variance. */
export function posterior({ count, sum }: Share, priorMean: number, imagined: number): Estimate {
  const mean = (imagined * priorMean + sum) / (imagined + count)
  return { mean, variance: (mean * (1 - mean)) / (imagined + count + 1) }
}

/** The mean of all, with a success and a failure imagined: never quite 0 or 1. */
export function pooledMean(shares: readonly Share[]): number {
  return (1 + sumOf(shares, ({ sum }) => sum)) / (2 + sumOf(shares, ({ count }) => count))
}

function sumOf<T>(items: readonly T[], read: (item: T) => number): number {
  return items.reduce((sum, item) => sum + read(item), 0)
}
