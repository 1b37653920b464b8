import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Settings } from '../settings.ts'
import { eachScalar, type MapNode, type Place } from '../source/node.ts'

/** Warns where fallbacks, aliases, weights and health checks name what does not exist: they would never have an effect. */
export function checkGroupNames(settings: Settings, root: MapNode, report: Report): void {
  checkWeightIds(settings, root, report)
  const { router, deployments, calls, health } = settings
  const known = new Set([
    ...deployments.flatMap(({ group, id }) => [group, id]),
    ...router.groupAliases.keys(),
  ])
  const check = (name: string, what: string) => {
    if (isKnown(name, known)) return
    const close = nearest(name, known)
    const { place, key } = findPlace(root, name)
    const hint = close ? `; did you mean ${close}?` : ''
    report.warn(
      place,
      key,
      `${what} ${JSON.stringify(name)} is no model_name of model_list${hint}`,
      'Add it, or correct the name.',
    )
  }
  for (const lists of [router.fallbacks, router.contextWindowFallbacks, router.contentPolicyFallbacks]) {
    for (const targets of lists.values()) for (const target of targets) check(target, 'the fallback')
  }
  for (const target of router.defaultFallbacks) check(target, 'the fallback')
  for (const { group } of router.groupAliases.values()) check(group, 'the alias target')
  if (calls.completionModel !== undefined) check(calls.completionModel, 'the model')
  for (const { silentModels = [] } of deployments)
    for (const group of silentModels) check(group, 'the silent model')
  for (const group of health.groups ?? []) check(group, 'the group of health checks')
}

function checkWeightIds({ router, deployments }: Settings, root: MapNode, report: Report): void {
  const ids = new Set(deployments.map(({ id }) => id))
  const section = root.entries.get('router_settings')?.value
  const weights = section?.kind === 'map' ? section.entries.get('weights')?.value : undefined
  for (const id of router.weights?.keys() ?? []) {
    if (ids.has(id)) continue
    const place = weights?.kind === 'map' ? weights.entries.get(id)?.place : undefined
    const close = nearest(id, ids)
    report.warn(
      place ?? { file: root.place.file, line: 0, column: 0 },
      `router_settings.weights.${id}`,
      `no deployment has this id${close ? `; did you mean ${close}?` : ''}`,
      'Name deployments by their model_info.id.',
    )
  }
}

/** `openai/*` covers `openai/gpt-4o`: each star stands for one letter or more. */
function isKnown(name: string, known: ReadonlySet<string>): boolean {
  if (known.has(name)) return true
  return [...known].some(pattern => pattern.includes('*') && covers(pattern, name))
}

function covers(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop() ?? ''
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length <= head.length + tail.length) return false
  let at = head.length
  return rest.every(part => {
    const found = name.indexOf(part, at)
    at = found + part.length
    return found >= 0
  })
}

function findPlace(root: MapNode, name: string): { place: Place; key: string } {
  const found: { place: Place; key: string }[] = []
  for (const section of ['router_settings', 'litellm_settings', 'general_settings', 'model_list']) {
    const node = root.entries.get(section)?.value
    if (!node) continue
    eachScalar(node, section, (scalar, key) => {
      if (scalar.value === name) found.push({ place: scalar.place, key })
    })
  }
  return found[0] ?? { place: { file: root.place.file, line: 0, column: 0 }, key: '' }
}
