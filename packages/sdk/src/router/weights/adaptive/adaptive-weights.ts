import { boundedFactors } from './bounded-factors.ts'
import { chanceOfBest } from './chance-of-best.ts'
import { type Rollback, rollbackOf } from './rollback.ts'
import type { AdaptiveSettings } from './settings.ts'
import {
  type DeploymentStats,
  type Estimate,
  pooledMean,
  posterior,
  type Share,
  scoresOf,
  successesOf,
} from './stats.ts'

/** What was found of one deployment, and the factor for its weight. */
export interface AdaptiveWeight {
  readonly id: string
  readonly factor: number
  readonly attempts: number
  readonly failures: number
  readonly scores: Share
  /** In force now. */
  readonly rollback: Rollback | undefined
}

/**
 * Factors for the weights of one group's deployments, by scores, failures and price. A deployment is worth the chance
 * that it is the best of its group, so few samples hardly move anything; its share is bounded, keeps its part of the
 * exploration, and falls to its least while it is rolled back. Pure: the same facts give the same factors everywhere.
 *
 * @param before rollbacks by deployment id, as far as they are known.
 */
export function adaptiveWeights(
  stats: readonly DeploymentStats[],
  settings: AdaptiveSettings,
  before: ReadonlyMap<string, Rollback>,
  now: number,
): AdaptiveWeight[] {
  const drawn = stats.filter(({ weight }) => weight > 0)
  const rollbacks = new Map(
    drawn.map(({ id, slots }) => [id, rollbackOf(slots, settings, before.get(id), now)] as const),
  )
  const factors = factorsOf(drawn, settings, rollbacks)
  return stats.map(({ id, slots }) => {
    const successes = successesOf(slots)
    return {
      id,
      factor: factors.get(id) ?? 1,
      attempts: successes.count,
      failures: successes.count - successes.sum,
      scores: scoresOf(slots),
      rollback: rollbacks.get(id),
    }
  })
}

function factorsOf(
  drawn: readonly DeploymentStats[],
  settings: AdaptiveSettings,
  rollbacks: ReadonlyMap<string, Rollback | undefined>,
): ReadonlyMap<string, number> {
  const { bounds, exploration } = settings
  if (drawn.length < 2) return new Map()
  const chances = chanceOfBest(utilities(drawn, settings))
  const sum = drawn.reduce((total, { weight }) => total + weight, 0)
  const rooms = drawn.map(({ id, weight }, index) => {
    const share = weight / sum
    const explored = Math.min(exploration / drawn.length, share)
    const least = Math.max(bounds[0], explored / share)
    const most = rollbacks.get(id) === undefined ? bounds[1] : least
    return { share, worth: (chances[index] as number) * drawn.length, least, most }
  })
  return new Map(boundedFactors(rooms).map((factor, index) => [(drawn[index] as DeploymentStats).id, factor]))
}

/** How good each is, from 0 to 1: its score times its success, and its price as far as that counts. */
function utilities(drawn: readonly DeploymentStats[], settings: AdaptiveSettings): Estimate[] {
  const { minSamples, costWeight } = settings
  const successes = estimates(
    drawn.map(({ slots }) => successesOf(slots)),
    minSamples,
  )
  const scores = estimates(
    drawn.map(({ slots }) => scoresOf(slots)),
    minSamples,
  )
  const cheapness = cheapnessOf(drawn)
  return drawn.map((_, index) => {
    const success = successes[index] as Estimate
    const score = scores[index] as Estimate
    const quality = score.mean * success.mean
    const variance = score.mean ** 2 * success.variance + success.mean ** 2 * score.variance
    return {
      mean: (1 - costWeight) * quality + costWeight * (cheapness[index] as number),
      variance: (1 - costWeight) ** 2 * variance,
    }
  })
}

/** Each by its own samples and, as long as these are few, by the mean of all. Where nobody has any, all are as good. */
function estimates(shares: readonly Share[], minSamples: number): Estimate[] {
  if (shares.every(({ count }) => count === 0)) return shares.map(() => ({ mean: 1, variance: 0 }))
  const mean = pooledMean(shares)
  return shares.map(share => posterior(share, mean, minSamples))
}

/** 0 for the dearest of them, towards 1 for what is free; one whose price nobody knows counts as the dearest. */
function cheapnessOf(drawn: readonly DeploymentStats[]): number[] {
  const dearest = Math.max(0, ...drawn.map(({ price }) => price ?? 0))
  return drawn.map(({ price = dearest }) => (dearest > 0 ? 1 - price / dearest : 0))
}
