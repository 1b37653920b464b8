import type { Candidate } from '../../candidate.ts'
import type { RoutingStrategy } from '../../strategies/strategy.ts'
import { configuredWeight, weightKeyOf } from '../weight-of.ts'
import { type AdaptiveWeight, adaptiveWeights } from './adaptive-weights.ts'
import type { Rollback } from './rollback.ts'
import type { AdaptiveSettings } from './settings.ts'
import type { DeploymentStats, OutcomeSlot } from './stats.ts'

/** What factors are found from, by deployment id. */
export interface AdaptiveFacts {
  readonly settings: AdaptiveSettings
  /** Of the window, the newest first. */
  readonly slots: ReadonlyMap<string, readonly OutcomeSlot[]>
  readonly rollbacks: ReadonlyMap<string, Rollback>
  readonly now: number
}

/**
 * Factors for all deployments, each among those of its group and order. Under a strategy that does not draw by weight
 * there are none.
 */
export function adaptGroups(
  groups: readonly (readonly Candidate[])[],
  strategyOf: (group: readonly Candidate[]) => RoutingStrategy,
  facts: AdaptiveFacts,
  priceOf: (candidate: Candidate) => number | undefined,
): AdaptiveWeight[] {
  const levels = groups.flatMap(group => {
    const { weighs } = strategyOf(group)
    if (weighs === undefined) return []
    return [...Map.groupBy(group, ({ deployment }) => deployment.order ?? 0).values()].map(level => ({
      level,
      key: weightKeyOf(level, weighs),
    }))
  })
  return levels.flatMap(({ level, key }) => {
    const stats = level.map((candidate): DeploymentStats => {
      const { id } = candidate.deployment
      return {
        id,
        weight: candidate.load.weight.set ?? configuredWeight(candidate, key),
        slots: facts.slots.get(id) ?? [],
        price: priceOf(candidate),
      }
    })
    return adaptiveWeights(stats, facts.settings, facts.rollbacks, facts.now)
  })
}
