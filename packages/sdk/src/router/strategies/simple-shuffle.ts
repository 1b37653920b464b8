import type { Candidate } from '../candidate.ts'
import type { CreateStrategy } from './strategy.ts'

/** Sums of weights up to each candidate; undefined where nobody states a weight. */
type Sums = Float64Array | undefined

/** A weighted draw over all candidates: by `weight`, else `rpm`, else `tpm` where any candidate states it, else evenly. */
export const createSimpleShuffle: CreateStrategy = (_args, { random }) => {
  const known = new WeakMap<readonly Candidate[], { readonly sums: Sums }>()
  const sumsFor = (candidates: readonly Candidate[]): Sums => {
    let remembered = known.get(candidates)
    if (remembered === undefined) known.set(candidates, (remembered = { sums: sumsOf(candidates) }))
    return remembered.sums
  }
  return {
    name: 'simple-shuffle',
    pick(candidates) {
      const sums = sumsFor(candidates)
      const last = candidates.length - 1
      const at = sums
        ? above(sums, random() * (sums[last] as number))
        : Math.floor(random() * candidates.length)
      return candidates[Math.min(at, last)] as Candidate
    },
  }
}

const KEYS = ['weight', 'rpm', 'tpm'] as const

function sumsOf(candidates: readonly Candidate[]): Sums {
  const key = KEYS.find(name => candidates.some(({ deployment }) => (deployment[name] ?? 0) > 0))
  if (key === undefined) return undefined
  const sums = new Float64Array(candidates.length)
  let sum = 0
  candidates.forEach(({ deployment }, index) => {
    sum += deployment[key] ?? 0
    sums[index] = sum
  })
  return sums
}

/** The first index whose sum is above `value`. */
function above(sums: Float64Array, value: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}
