import type { JsonObject } from 'sluice/internal'

/** Where a value was written. `line` and `column` count from 1; 0 means "not a file" (environment, command line). */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A value that knows where it stands; the form in which configuration is merged, resolved and checked. */
export type ConfigNode = MapNode | ListNode | ScalarNode

export interface MapNode {
  readonly kind: 'map'
  readonly place: Place
  readonly entries: ReadonlyMap<string, Entry>
}

/** `place` is where the key stands; the value has a place of its own. */
export interface Entry {
  readonly place: Place
  readonly value: ConfigNode
}

export interface ListNode {
  readonly kind: 'list'
  readonly place: Place
  readonly items: readonly ConfigNode[]
}

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly place: Place
  readonly value: string | number | boolean | null
  /** The value as it was typed (`0123` stays `0123`). */
  readonly text: string
  /** The environment variable the value came from. */
  readonly variable?: string
  /** The variable was asked for and is not set, or empty: `value` is null. */
  readonly unset?: true
}

/** True for `key:` with nothing behind it, `null`, `~`, and an unset environment variable. */
export function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** Plain data without places. Maps come out with a null prototype, so no key of the file can reach one. */
export function toJson(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toJson)
  const object = Object.create(null) as JsonObject
  for (const [key, entry] of node.entries) object[key] = toJson(entry.value)
  return object
}

/** A map of values that come from no file; undefined ones are left out. */
export function mapOfTexts(
  values: Iterable<readonly [string, string | number | undefined]>,
  place: Place,
): MapNode {
  const entries = new Map<string, Entry>()
  for (const [key, value] of values) {
    if (value !== undefined)
      entries.set(key, { place, value: { kind: 'scalar', place, value, text: String(value) } })
  }
  return { kind: 'map', place, entries }
}

/** Calls `visit` for every scalar below `node`, with its dotted path below `path`. */
export function eachScalar(
  node: ConfigNode,
  path: string,
  visit: (node: ScalarNode, path: string) => void,
): void {
  if (node.kind === 'scalar') visit(node, path)
  else if (node.kind === 'list')
    node.items.forEach((item, index) => eachScalar(item, `${path}[${index}]`, visit))
  else for (const [key, entry] of node.entries) eachScalar(entry.value, path ? `${path}.${key}` : key, visit)
}
