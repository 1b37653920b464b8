import type { Deployment } from '../../types/deployment.ts'

/** The deployments, each with its weight of the router's settings where these name one. */
export function weighed(
  deployments: readonly Deployment[],
  weights: ReadonlyMap<string, number> | undefined,
): readonly Deployment[] {
  if (!weights?.size) return deployments
  return deployments.map(each => {
    const weight = weights.get(each.id)
    return weight === undefined ? each : { ...each, weight }
  })
}
