/** How weights follow scores, failures and prices. */
export interface AdaptiveSettings {
  /** Share of a group's calls that is spread evenly, whatever was found; none gets more of it than its own weight says. */
  readonly exploration: number
  /** Least and most that a deployment's share may be multiplied by. */
  readonly bounds: readonly [least: number, most: number]
  /**
   * As many samples at the group's mean are imagined for each deployment, so that fewer hardly move it; and as many are
   * needed to see a sudden drop.
   */
  readonly minSamples: number
  /** Milliseconds of the past that count. */
  readonly windowMs: number
  /** How much the price counts, from 0 to 1; what is left is for scores and failures. */
  readonly costWeight: number
  /** A share of failures that rises, or a mean score that falls, by more than this is a reason to hold back. */
  readonly rollbackDrop: number
  /** Milliseconds a deployment is held at its least share then. */
  readonly rollbackMs: number
}

export const ADAPTIVE_DEFAULTS: AdaptiveSettings = {
  exploration: 0.1,
  bounds: [0.2, 5],
  minSamples: 20,
  windowMs: 3_600_000,
  costWeight: 0,
  rollbackDrop: 0.2,
  rollbackMs: 600_000,
}
