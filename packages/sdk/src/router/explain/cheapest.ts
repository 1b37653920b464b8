import { costOf } from '../../models/cost.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { CheapestAlternative } from '../../types/route-receipt.ts'
import type { RoutingHost } from '../route.ts'

/**
 * What the answer's tokens would have cost at the cheapest other deployment that could have been asked. Undefined where
 * there is none with a known price. Deployments that rested count: tomorrow they may not.
 */
export function cheapestAlternative(
  { routing, deployment, usage, startedAt: now }: CallRecord,
  reachable: readonly Deployment[],
  facts: RoutingHost['facts'],
): CheapestAlternative | undefined {
  if (usage === undefined || facts === undefined) return undefined
  const unable = new Set(
    routing?.visits.flatMap(({ ruledOut }) =>
      ruledOut.filter(({ by }) => by !== 'circuit').map(({ deploymentId }) => deploymentId),
    ),
  )
  let cheapest: CheapestAlternative | undefined
  for (const other of reachable) {
    if (other.id === deployment?.id || unable.has(other.id)) continue
    const cost = costOf(usage, facts(other)?.price, { now, provider: other.provider })
    if (cost.state !== 'known' || (cheapest && cheapest.nanoUsd <= cost.nanoUsd)) continue
    cheapest = { deploymentId: other.id, nanoUsd: cost.nanoUsd }
  }
  return cheapest
}
