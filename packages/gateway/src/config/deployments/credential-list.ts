import { credential } from '../keys/list-sections.ts'
import { readSection } from '../keys/read-section.ts'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Entry, MapNode } from '../source/node.ts'

/** Credential name → its values, still as nodes so that they are checked where they are used. */
export type Credentials = ReadonlyMap<string, MapNode>

/** Reads `credential_list`; two entries of one name are refused. */
export function readCredentials(root: MapNode, report: Report): Credentials {
  const list = root.entries.get('credential_list')?.value
  const credentials = new Map<string, MapNode>()
  if (list?.kind !== 'list') return credentials
  list.items.forEach((item, index) => {
    const key = `credential_list[${index}]`
    if (item.kind !== 'map') return
    const { values } = readSection(item, credential, key, report)
    const node = item.entries.get('credential_values')?.value
    if (values.credential_name === undefined || node?.kind !== 'map') return
    if (credentials.has(values.credential_name)) {
      report.problem(
        item.place,
        key,
        `there are two credentials named ${values.credential_name}`,
        'Rename one of them.',
      )
    } else credentials.set(values.credential_name, node)
  })
  return credentials
}

/**
 * Lays a credential's values under a deployment's parameters; what the deployment says itself wins. One that is not in
 * the list may be in the database, which is asked later.
 */
export function withCredential(
  params: MapNode,
  credentials: Credentials,
  key: string,
  report: Report,
): MapNode {
  const named = params.entries.get('litellm_credential_name')?.value
  if (named?.kind !== 'scalar' || named.value === null) return params
  const name = String(named.value)
  const values = credentials.get(name)
  if (!values) {
    const close = nearest(name, credentials.keys())
    const message = `there is no credential ${name} in credential_list${close ? `; did you mean ${close}?` : '.'}`
    report.warn(
      named.place,
      `${key}.litellm_credential_name`,
      `${message} Calls fail unless the database has it`,
      'Make it with POST /credentials, add it to credential_list, or correct the name.',
    )
    return params
  }
  const entries = new Map<string, Entry>(params.entries)
  for (const [field, entry] of values.entries) {
    const taken = entries.has(field) || (field === 'api_base' && entries.has('base_url'))
    if (!taken) entries.set(field, entry)
  }
  return { ...params, entries }
}
