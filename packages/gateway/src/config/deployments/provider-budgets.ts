import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Settings } from '../settings.ts'
import type { MapNode } from '../source/node.ts'

/** Refuses budgets of providers that do not exist, and budgets without a limit: they would protect nothing. */
export function checkProviderBudgets({ providers, router }: Settings, root: MapNode, report: Report): void {
  const section = root.entries.get('router_settings')?.value
  const config = section?.kind === 'map' ? section.entries.get('provider_budget_config')?.value : undefined
  if (config?.kind !== 'map') return
  for (const [name, { place }] of config.entries) {
    const key = `router_settings.provider_budget_config.${name}`
    if (!providers.has(name)) {
      const close = nearest(name, providers.keys())
      const hint = close ? `; did you mean ${close}?` : ''
      report.problem(place, key, `there is no provider ${JSON.stringify(name)}${hint}`, 'Correct the name.')
    } else if (!router.providerBudgets?.has(name))
      report.problem(place, key, 'the budget has no limit', 'Write for example budget_limit: 100.')
  }
}
