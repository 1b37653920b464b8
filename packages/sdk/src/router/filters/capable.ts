import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { accessWindows } from './access-windows.ts'
import { blocked } from './blocked.ts'
import { contextWindow } from './context-window.ts'
import type { Filter, FilterAsk, FilterSettings } from './filter.ts'
import { needs } from './needs.ts'
import { refusalOf } from './refusal.ts'
import { region } from './region.ts'
import { ruleOut } from './rule-out.ts'
import { tags } from './tags.ts'
import { team } from './team.ts'

/** In this order; the first that leaves nobody says why. */
const FILTERS: readonly Filter[] = [blocked, team, accessWindows, tags, region, needs, contextWindow]

/** The deployments that can serve the call at all. Throws, by the filter that left none, an error that names each. */
export function capable(
  candidates: readonly Candidate[],
  ask: FilterAsk,
  settings: FilterSettings,
  visit: RouteVisit,
): readonly Candidate[] {
  let left = candidates
  for (const filter of FILTERS) {
    const check = filter.prepare(ask, left, settings)
    if (check === undefined) continue
    left = ruleOut(left, filter.name, check, visit)
    if (left.length === 0) throw refusalOf(filter.name, ask, visit)
  }
  return left
}
