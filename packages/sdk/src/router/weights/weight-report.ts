import type { Candidate } from '../candidate.ts'
import { lowestOrder } from '../filters/order.ts'
import type { RoutingStrategy } from '../strategies/strategy.ts'
import { undrained } from './undrained.ts'
import { configuredWeight, type WeightKey, weightKeyOf, weightOf } from './weight-of.ts'

/** How one deployment weighs in its group. */
export interface WeightReport {
  readonly deploymentId: string
  readonly group: string
  readonly provider: string
  readonly model: string
  /** What the configured number is: `weight`, `rpm` or `tpm`; undefined where no deployment states one, and all have 1. */
  readonly weighedBy: WeightKey | undefined
  readonly configured: number
  /** Stands in its place. */
  readonly set: number | undefined
  readonly factor: number
  /** Share of the group's draws while nobody rests; undefined under a strategy that does not go by weights. */
  readonly share: number | undefined
}

/** The weights of one group's candidates. */
export function reportWeights(candidates: readonly Candidate[], strategy: RoutingStrategy): WeightReport[] {
  const { weighs } = strategy
  const level = lowestOrder(undrained(candidates))
  const drawn = new Set(level)
  const key = weightKeyOf(level, weighs ?? [])
  const sum = level.reduce((total, candidate) => total + weightOf(candidate, key), 0)
  return candidates.map(candidate => {
    const { deployment, load } = candidate
    const share = sum > 0 ? weightOf(candidate, key) / sum : 1 / level.length
    return {
      deploymentId: deployment.id,
      group: deployment.group,
      provider: deployment.provider,
      model: deployment.model,
      weighedBy: key,
      configured: configuredWeight(candidate, key),
      set: load.weight.set,
      factor: load.weight.factor,
      share: weighs === undefined ? undefined : drawn.has(candidate) ? share : 0,
    }
  })
}
