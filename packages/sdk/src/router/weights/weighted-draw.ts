import type { Candidate } from '../candidate.ts'
import { type WeightKey, weightKeyOf, weightOf, whileWeightsHold } from './weight-of.ts'

/** Sums of weights up to each candidate; undefined where all weigh the same, or nothing. */
export type WeightSums = Float64Array | undefined

/** Gives the sums for a draw by `keys`, remembered until a weight changes. */
export function weightSums(keys: readonly WeightKey[]): (candidates: readonly Candidate[]) => WeightSums {
  return whileWeightsHold(candidates => sumsOf(candidates, keys))
}

function sumsOf(candidates: readonly Candidate[], keys: readonly WeightKey[]): WeightSums {
  const key = weightKeyOf(candidates, keys)
  const first = weightOf(candidates[0] as Candidate, key)
  const sums = new Float64Array(candidates.length)
  let sum = 0
  let isEven = true
  candidates.forEach((candidate, index) => {
    const weight = weightOf(candidate, key)
    isEven &&= weight === first
    sum += weight
    sums[index] = sum
  })
  return isEven ? undefined : sums
}

/** One candidate by chance: by the sums of weights, or evenly. */
export function draw(candidates: readonly Candidate[], sums: WeightSums, random: () => number): Candidate {
  const last = candidates.length - 1
  const at = sums
    ? firstAbove(sums, random() * (sums[last] as number))
    : Math.floor(random() * candidates.length)
  return candidates[Math.min(at, last)] as Candidate
}

/** The first index whose sum is above `value`. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}
