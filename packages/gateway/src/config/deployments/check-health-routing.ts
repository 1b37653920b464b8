import type { Report } from '../report.ts'
import type { Settings } from '../settings.ts'
import type { MapNode } from '../source/node.ts'

/** Warns where routing by health is asked for and nobody checks: it would go by what `/health` happens to find. */
export function checkHealthRouting({ router, health }: Settings, root: MapNode, report: Report): void {
  if (!router.healthRouting || health.background) return
  for (const section of ['router_settings', 'general_settings']) {
    const node = root.entries.get(section)?.value
    const entry = node?.kind === 'map' ? node.entries.get('enable_health_check_routing') : undefined
    if (!entry) continue
    report.warn(
      entry.place,
      `${section}.enable_health_check_routing`,
      'has little effect while nobody is checked in the background',
      'Set general_settings.background_health_checks: true.',
    )
    return
  }
}
