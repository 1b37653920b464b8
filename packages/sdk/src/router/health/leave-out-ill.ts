import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { noteRuledOut } from '../filters/rule-out.ts'
import type { RoutingSettings } from '../settings.ts'
import type { Finding } from './finding.ts'

/** How health checks drive the choice of deployments. */
export interface HealthRouting {
  /** Milliseconds a finding counts. */
  readonly staleMs: number
  /** 429 and 408 of a check say nothing about the deployment. */
  readonly ignoreTransientErrors?: boolean | undefined
  /** Only these groups are steered by health checks; all unless stated. */
  readonly groups?: ReadonlySet<string> | undefined
}

/**
 * LiteLLM's rule: where `allowedFailsPolicy` is set, failed checks count by it as failures of calls do, and keep nobody
 * out by themselves; unless groups are named.
 */
export function countAsFailures({
  healthRouting,
  allowedFailsPolicy,
}: Pick<RoutingSettings, 'healthRouting' | 'allowedFailsPolicy'>): boolean {
  return healthRouting !== undefined && !healthRouting.groups && (allowedFailsPolicy?.size ?? 0) > 0
}

/**
 * Those whose last health check did not fail; the same array when none did. When all failed they all stay: checks may
 * be wrong, and an answer that fails is no worse than none.
 */
export function leaveOutIll(
  candidates: readonly Candidate[],
  { staleMs, groups }: HealthRouting,
  now: number,
  visit: RouteVisit,
): readonly Candidate[] {
  let well: Candidate[] | undefined
  const ill: [Candidate, Finding][] = []
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index] as Candidate
    const { state, deployment } = candidate
    const illness = state.health.illness(now, staleMs)
    if (illness === undefined || (groups && !groups.has(deployment.group))) {
      well?.push(candidate)
      continue
    }
    well ??= candidates.slice(0, index)
    ill.push([candidate, illness])
  }
  if (well === undefined || well.length === 0) return candidates
  for (const [candidate, illness] of ill)
    noteRuledOut(candidate, 'health', () => reasonOf(illness, now), visit)
  return well
}

function reasonOf({ at, error }: Finding, now: number): string {
  const seconds = Math.round(Math.max(0, now - at) / 1000)
  return `its health check failed ${seconds} s ago with ${error?.name}`
}
