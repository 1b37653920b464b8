import type { Deployment } from 'sluice/internal'
import { litellmParams } from '../keys/litellm-params.ts'
import { objectOf } from '../keys/read-section.ts'
import type { Row } from '../keys/row.ts'
import { modelEntry } from '../keys/top-level.ts'
import { refuse } from '../keys/types.ts'
import type { Report } from '../report.ts'
import { type ConfigNode, type Entry, eachScalar, type MapNode, toJson } from '../source/node.ts'
import { type Credentials, readCredentials, withCredential } from './credential-list.ts'
import { deploymentsOf } from './deployment.ts'

export interface ModelListOptions {
  readonly providers: ReadonlyMap<string, unknown>
  /** LiteLLM's LITELLM_ENVIRONMENT. */
  readonly environmentName: string | undefined
  /** Parameters that hold where a deployment does not state them (`router_settings.default_litellm_params`). */
  readonly defaults?: ConfigNode | undefined
}

const entryType = objectOf(modelEntry)

/** Reads `model_list` into deployments, in file order; every entry that is wrong is reported. */
export function readModelList(
  root: MapNode,
  options: ModelListOptions,
  report: Report,
): readonly Deployment[] {
  const credentials = readCredentials(root, report)
  const list = root.entries.get('model_list')?.value
  if (!list || (list.kind === 'scalar' && list.value === null)) return []
  if (list.kind !== 'list') {
    refuse(
      { ...entryType, name: 'a list of models', example: '[{ model_name: …, litellm_params: … }]' },
      list,
      'model_list',
      report,
    )
    return []
  }
  const seen = new Map<string, number>()
  return list.items.flatMap((item, index) => {
    const key = `model_list[${index}]`
    const deployments = readEntry(item, key, credentials, options, report)
    return deployments.filter(deployment => isFirst(deployment, item, key, seen, report))
  })
}

function readEntry(
  item: ConfigNode,
  key: string,
  credentials: Credentials,
  options: ModelListOptions,
  report: Report,
): readonly Deployment[] {
  if (
    item.kind === 'map' &&
    (isElsewhere(item, options.environmentName) || lacksAddress(item, key, report))
  ) {
    eachScalar(item, key, node => report.settled.add(node))
    return []
  }
  const complete =
    item.kind === 'map'
      ? withParams(item, params => withCredential(params, credentials, `${key}.litellm_params`, report))
      : item
  const entry = entryType.read(withDefaults(complete, options.defaults), key, report)
  if (complete.kind !== 'map' || !entry?.model_name || !entry.litellm_params) return []
  refuseSecrets(complete, key, report)
  const node = complete.entries.get('litellm_params')?.value
  if (node?.kind !== 'map') return []
  const values = { group: entry.model_name, params: entry.litellm_params, info: entry.model_info ?? {} }
  const deployments = deploymentsOf(values, node, `${key}.litellm_params`, options.providers, report)
  const { litellm_credential_name: credentialName } = entry.litellm_params
  if (credentialName === undefined || credentials.has(credentialName)) return deployments
  return deployments.map(deployment => ({ ...deployment, credentialName }))
}

/** The entry's own parameters over the defaults; what it states under another name is stated. */
function withDefaults(item: ConfigNode, defaults: ConfigNode | undefined): ConfigNode {
  if (item.kind !== 'map' || defaults?.kind !== 'map') return item
  return withParams(item, params => {
    const stated = new Set([...params.entries.keys()].map(trueName))
    const missing = [...defaults.entries].filter(([name]) => !stated.has(trueName(name)))
    return { ...params, entries: new Map([...params.entries, ...missing]) }
  })
}

function trueName(name: string): string {
  const rows: Readonly<Record<string, Row>> = litellmParams.rows
  return (Object.hasOwn(rows, name) ? rows[name]?.alias : undefined) ?? name
}

function withParams(item: MapNode, change: (params: MapNode) => MapNode): MapNode {
  const params = item.entries.get('litellm_params')
  if (params?.value.kind !== 'map') return item
  const entries = new Map<string, Entry>(item.entries)
  entries.set('litellm_params', { place: params.place, value: change(params.value) })
  return { ...item, entries }
}

/** True when `supported_environments` names environments and this is none of them. */
function isElsewhere(item: MapNode, environmentName: string | undefined): boolean {
  const info = item.entries.get('model_info')?.value
  const list = info?.kind === 'map' ? info.entries.get('supported_environments')?.value : undefined
  if (list?.kind !== 'list') return false
  const names = toJson(list)
  return Array.isArray(names) && !names.includes(environmentName)
}

/**
 * True when the address comes from a variable that is not set. Such a deployment is left out: with the provider's
 * public address instead, prompts and keys would go to somebody else.
 */
function lacksAddress(item: MapNode, key: string, report: Report): boolean {
  const params = item.entries.get('litellm_params')?.value
  if (params?.kind !== 'map') return false
  for (const name of ['api_base', 'base_url']) {
    const node = params.entries.get(name)?.value
    if (node?.kind !== 'scalar' || !node.unset) continue
    const message = `environment variable ${node.variable} is not set; this deployment is left out`
    report.warn(node.place, `${key}.litellm_params.${name}`, message, `Set ${node.variable}.`)
    return true
  }
  return false
}

/** `/model/info` echoes `model_info`, so a credential must not stand there. */
function refuseSecrets(item: MapNode, key: string, report: Report): void {
  const info = item.entries.get('model_info')?.value
  if (info?.kind !== 'map') return
  for (const [name, entry] of info.entries) {
    const row = Object.entries(litellmParams.rows).find(([known]) => known === name)?.[1]
    if (!row?.type.secret) continue
    report.problem(
      entry.place,
      `${key}.model_info.${name}`,
      '/model/info would show this secret',
      'Move it to litellm_params.',
    )
  }
}

function isFirst(
  deployment: Deployment,
  item: ConfigNode,
  key: string,
  seen: Map<string, number>,
  report: Report,
): boolean {
  const line = seen.get(deployment.id)
  if (line === undefined) {
    seen.set(deployment.id, item.place.line)
    return true
  }
  const own = deployment.modelInfo?.['id'] !== undefined
  if (own) {
    report.problem(
      item.place,
      `${key}.model_info.id`,
      `the deployment on line ${line} has this id already`,
      'Give each its own id.',
    )
  } else
    report.warn(
      item.place,
      key,
      `is the same as the deployment on line ${line}; it counts once`,
      'Remove one of them.',
    )
  return false
}
