/** What one deployment's share may become. */
export interface Room {
  /** Its share without being adapted; they sum to 1. */
  readonly share: number
  /** How much more than its share it deserves, before bounds. */
  readonly worth: number
  /** Least and most that its share may be multiplied by: at most 1, and at least that or the least. */
  readonly least: number
  readonly most: number
}

const ROUNDS = 60
/** What is worth nothing still takes what others may not. */
const LEAST_WORTH = 1e-9

/**
 * Factors in proportion to worth, each within its bounds, so that all shares together are 1 again. Where the upper
 * bounds leave some over, nobody gets it: factors matter in proportion only.
 */
export function boundedFactors(rooms: readonly Room[]): number[] {
  const at = (scale: number) =>
    rooms.map(({ worth, least, most }) =>
      Math.min(Math.max(scale * Math.max(worth, LEAST_WORTH), least), Math.max(least, most)),
    )
  const total = (factors: readonly number[]) =>
    factors.reduce((sum, factor, index) => sum + factor * (rooms[index] as Room).share, 0)
  let low = Math.log(1e-12)
  let high = Math.log(1e12)
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2
    if (total(at(Math.exp(middle))) < 1) low = middle
    else high = middle
  }
  return at(Math.exp(high))
}
