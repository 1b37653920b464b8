import type { Deployment } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import type { CreateStrategy } from './strategy.ts'

/** A weighted draw over all candidates: by `weight`, else `rpm`, else `tpm` where any candidate states it, else evenly. */
export const createSimpleShuffle: CreateStrategy = (_args, { random }) => ({
  name: 'simple-shuffle',
  pick(candidates) {
    const key = weightKey(candidates)
    const drawn = key === undefined ? undefined : draw(candidates, key, random)
    return (
      drawn ??
      (candidates[Math.min(Math.floor(random() * candidates.length), candidates.length - 1)] as Candidate)
    )
  },
})

const KEYS = ['weight', 'rpm', 'tpm'] as const
type Key = (typeof KEYS)[number]

function weightKey(candidates: readonly Candidate[]): Key | undefined {
  for (const key of KEYS)
    for (const { deployment } of candidates) if (weightOf(deployment, key) > 0) return key
  return undefined
}

/** Undefined when rounding leaves nobody: nearly never. */
function draw(candidates: readonly Candidate[], key: Key, random: () => number): Candidate | undefined {
  let total = 0
  for (const { deployment } of candidates) total += weightOf(deployment, key)
  let at = random() * total
  let last: Candidate | undefined
  for (const candidate of candidates) {
    const weight = weightOf(candidate.deployment, key)
    if (weight === 0) continue
    at -= weight
    last = candidate
    if (at < 0) return candidate
  }
  return last
}

function weightOf(deployment: Deployment, key: Key): number {
  return deployment[key] ?? 0
}
