import type { Deployment } from '../types/deployment.ts'
import type { RoutingStrategy } from './strategy.ts'

/** A weighted draw over all candidates: by `weight`, else `rpm`, else `tpm` where any candidate states it, else evenly. */
export function createSimpleShuffle(random: () => number): RoutingStrategy {
  return {
    name: 'simple-shuffle',
    pick(candidates) {
      if (candidates.length === 1) return candidates[0] as Deployment
      const key = (['weight', 'rpm', 'tpm'] as const).find(name =>
        candidates.some(({ [name]: value }) => value),
      )
      const weightOf = (deployment: Deployment) => (key ? (deployment[key] ?? 0) : 1)
      const total = candidates.reduce((sum, deployment) => sum + weightOf(deployment), 0)
      let at = random() * total
      for (const deployment of candidates) {
        at -= weightOf(deployment)
        if (at < 0) return deployment
      }
      return candidates.at(-1) as Deployment
    },
  }
}
