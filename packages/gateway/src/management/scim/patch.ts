import { type Filter, matches, parseFilter } from './filter.ts'
import { scimError } from './scim-error.ts'

export type Resource = Readonly<Record<string, unknown>>

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string | undefined
  readonly value?: unknown
}

interface Path {
  readonly names: readonly string[]
  readonly filter: Filter | undefined
  readonly sub: string | undefined
}

const MOST_NAMES = 3

/** The resource after the operations (RFC 7644 §3.5.2). Throws SCIM's `invalidPath`, `noTarget`, `invalidValue`. */
export function patched(resource: Resource, operations: readonly PatchOperation[]): Resource {
  return operations.reduce((before, { op, path, value }) => {
    if (path !== undefined) return change(before, parsePath(path), op, value)
    if (op === 'remove') throw scimError(400, 'A removal must name a path.', 'noTarget')
    if (!isObject(value)) throw scimError(400, 'Without a path the value must be an object.', 'invalidValue')
    return Object.entries(value).reduce(
      (each, [name, part]) => change(each, parsePath(name), op, part),
      before,
    )
  }, resource)
}

/** `attribute`, `attribute.sub`, `attribute[filter]`, `attribute[filter].sub`, and those of an extension after its URN. */
function parsePath(path: string): Path {
  const open = path.indexOf('[')
  const close = path.lastIndexOf(']')
  const filter = open > 0 && close > open ? parseFilter(path.slice(open + 1, close)) : undefined
  const head = filter === undefined ? path : path.slice(0, open)
  const after = filter === undefined ? '' : path.slice(close + 1)
  const sub = after.startsWith('.') ? after.slice(1) : undefined
  const names = namesOf(head)
  const isGood = [...names, ...(sub === undefined ? [] : [sub])].every(isName)
  if (!isGood || names.length > MOST_NAMES || (after !== '' && sub === undefined))
    throw scimError(400, `'${path.slice(0, 100)}' is no path.`, 'invalidPath')
  return { names, filter, sub }
}

function namesOf(head: string): readonly string[] {
  if (!head.toLowerCase().startsWith('urn:')) return head.split('.')
  const colon = head.lastIndexOf(':')
  // The URN of a schema ends in a version and a name; what follows is the attribute.
  return /:\d\.\d:\w+$/.test(head) ? [head] : [head.slice(0, colon), ...head.slice(colon + 1).split('.')]
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

function isName(name: string): boolean {
  if (FORBIDDEN.includes(name.toLowerCase())) return false
  return /^[a-z$][\w$-]*$/i.test(name) || /^urn:[\w.:-]+$/i.test(name)
}

function change(
  resource: Resource,
  { names, filter, sub }: Path,
  op: PatchOperation['op'],
  value: unknown,
): Resource {
  const [first = '', ...rest] = names
  const name = keyOf(resource, first)
  const before = resource[name]
  if (rest.length > 0) {
    const inner = change(isObject(before) ? before : {}, { names: rest, filter, sub }, op, value)
    return { ...resource, [name]: inner }
  }
  const after =
    filter === undefined ? changed(before, op, value) : changedWithin(before, filter, sub, op, value)
  if (after !== undefined) return { ...resource, [name]: after }
  const { [name]: _, ...others } = resource
  return others
}

function changed(before: unknown, op: PatchOperation['op'], value: unknown): unknown {
  if (op === 'remove') {
    if (!Array.isArray(before) || value === undefined) return undefined
    const gone = [value].flat().map(identityOf)
    return before.filter(each => !gone.includes(identityOf(each)))
  }
  if (op === 'replace') return isObject(before) && isObject(value) ? { ...before, ...value } : value
  if (Array.isArray(before)) {
    const list: readonly unknown[] = before
    const there = new Set(list.map(identityOf))
    return [...list, ...[value].flat().filter(each => !there.has(identityOf(each)))]
  }
  return isObject(before) && isObject(value) ? { ...before, ...value } : value
}

function changedWithin(
  before: unknown,
  filter: Filter,
  sub: string | undefined,
  op: PatchOperation['op'],
  value: unknown,
): unknown {
  const list: readonly unknown[] = Array.isArray(before) ? before : []
  if (op === 'remove' && sub === undefined) return list.filter(each => !matches(filter, each))
  const edit = (each: unknown): unknown => {
    if (!isObject(each)) return each
    if (sub === undefined) return isObject(value) ? { ...each, ...value } : each
    return change(each, { names: [sub], filter: undefined, sub: undefined }, op, value)
  }
  if (list.some(each => matches(filter, each)))
    return list.map(each => (matches(filter, each) ? edit(each) : each))
  if (op === 'remove') throw scimError(400, 'Nothing fits the filter of the path.', 'noTarget')
  // Entra adds an address by the type it shall have.
  const seed = filter.kind === 'compare' && filter.operator === 'eq' ? { [filter.path]: filter.value } : {}
  return [...list, edit(seed)]
}

function keyOf(resource: Resource, name: string): string {
  return Object.keys(resource).find(key => key.toLowerCase() === name.toLowerCase()) ?? name
}

function identityOf(value: unknown): string {
  return JSON.stringify(isObject(value) && 'value' in value ? value['value'] : value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
