import { costOf } from '../../models/cost.ts'
import { type TermsOf, withTerms } from '../../models/terms/price-terms.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { CheapestAlternative, RouteVisit } from '../../types/route-receipt.ts'
import type { RoutingHost } from '../route.ts'

/**
 * What the answer's tokens would have cost at the cheapest other deployment that could have been asked. Undefined where
 * there is none with a known price. Deployments that rested count: tomorrow they may not.
 */
export function cheapestAlternative(
  { routing, deployment, usage, startedAt: now }: CallRecord,
  reachable: readonly Deployment[],
  facts: RoutingHost['facts'],
  termsOf?: TermsOf,
): CheapestAlternative | undefined {
  if (usage === undefined || facts === undefined) return undefined
  const visits = routing?.visits ?? []
  const unable = new Set(
    visits.flatMap(({ ruledOut }) =>
      ruledOut.filter(({ by }) => by !== 'circuit').map(({ deploymentId }) => deploymentId),
    ),
  )
  let cheapest: CheapestAlternative | undefined
  for (const other of reachable) {
    if (other.id === deployment?.id || unable.has(other.id) || isUnsure(other, visits)) continue
    const { provider } = other
    const cost = withTerms(costOf(usage, facts(other)?.price, { now, provider }), termsOf?.(provider))
    if (cost.state !== 'known' || (cheapest && cheapest.nanoUsd <= cost.nanoUsd)) continue
    cheapest = { deploymentId: other.id, nanoUsd: cost.nanoUsd }
  }
  return cheapest
}

/** Reserved for some callers, and the receipt does not say whether for this one: its group was not asked, or not all fitted. */
function isUnsure(
  { group, tags, tagPatterns, accessWindows }: Deployment,
  visits: readonly RouteVisit[],
): boolean {
  if (!tags && !tagPatterns && !accessWindows) return false
  const looked = visits.filter(visit => visit.group === group)
  return looked.length === 0 || looked.some(({ ruledOut, ruledOutCount }) => ruledOut.length < ruledOutCount)
}
