import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import { type ConfigNode, type Entry, isEmpty, type MapNode, toJson } from '../source/node.ts'
import type { Row, Section, Table, Values, ValueType } from './row.ts'
import { refuse } from './types.ts'

export interface SectionReading<T extends Table> {
  readonly values: Values<T>
  /** Keys matched by a pattern or kept by an open section, checked where a pattern says how. */
  readonly rest: Readonly<Record<string, unknown>>
}

/** Checks a map against a section's table, reporting wrong values, unknown keys and keys without effect. */
export function readSection<T extends Table>(
  node: MapNode,
  section: Section<T>,
  path: string,
  report: Report,
): SectionReading<T> {
  const values: Record<string, unknown> = {}
  const rest = Object.create(null) as Record<string, unknown>
  for (const [name, entry] of node.entries) {
    const key = path ? `${path}.${name}` : name
    const row = Object.hasOwn(section.rows, name) ? section.rows[name] : undefined
    if (row) readKnown(node, name, row, entry, key, values, report)
    else readOther(name, entry, section, key, rest, report)
  }
  for (const [name, row] of Object.entries(section.rows)) {
    if (row.required && !node.entries.has(name)) {
      const key = path ? `${path}.${name}` : name
      report.problem(node.place, key, 'is required', `Add ${name}: ${row.type.example}.`)
    }
  }
  return { values: values as Values<T>, rest }
}

function readKnown(
  node: MapNode,
  name: string,
  row: Row,
  entry: Entry,
  key: string,
  values: Record<string, unknown>,
  report: Report,
): void {
  const target = row.alias ?? name
  if (row.alias !== undefined && node.entries.has(row.alias)) {
    const line = node.entries.get(row.alias)?.place.line
    report.problem(
      entry.place,
      key,
      `is another name for ${row.alias}, which stands on line ${line}`,
      'Keep one of the two.',
    )
    return
  }
  if (isEmpty(entry.value)) return refuseEmpty(name, row, entry, key, report)
  noteStatus(row, entry, key, report)
  const value = row.type.read(entry.value, key, report)
  if (value !== undefined) values[target] = value
}

function refuseEmpty(name: string, row: Row, entry: Entry, key: string, report: Report): void {
  const node = entry.value
  const unset = node.kind === 'scalar' && node.unset
  // A feature that does not exist yet is no reason to refuse the start over its variables.
  if (unset && row.status !== 'works') return
  if (unset && (row.required || row.mustResolve)) {
    report.settled.add(node)
    report.problem(
      node.place,
      key,
      `environment variable ${node.variable} is not set, or empty`,
      `Set ${node.variable}.`,
    )
  } else if (row.required)
    report.problem(node.place, key, 'is required', `Write ${name}: ${row.type.example}.`)
}

function noteStatus(row: Row, entry: Entry, key: string, report: Report): void {
  if (row.status === 'works' || report.isCovered(key)) return
  report.cover(key)
  const { value } = entry
  const off =
    value.kind === 'scalar' ? value.value === false : value.kind === 'list' ? value.items.length === 0 : false
  if (off) return
  if (row.status === 'accepted' && !row.remedy) report.accepted(entry.place, key)
  else if (row.status === 'accepted') {
    report.warn(entry.place, key, 'is accepted but has no effect yet', row.remedy ?? '')
  } else {
    const remedy = row.remedy ?? 'Enforce it in front of the gateway, or do not rely on it.'
    report.warn(entry.place, key, 'is accepted but NOT ENFORCED yet', remedy)
  }
}

function readOther(
  name: string,
  entry: Entry,
  section: Section,
  key: string,
  rest: Record<string, unknown>,
  report: Report,
): void {
  const pattern = section.patterns?.find(candidate => candidate.matches(name))
  if (pattern) {
    if (isEmpty(entry.value)) return
    const value = pattern.row.type.read(entry.value, key, report)
    if (value !== undefined) rest[name] = value
    noteStatus(pattern.row, entry, key, report)
    return
  }
  warnUnknown(name, entry, section, key, report)
  if (section.open && !isEmpty(entry.value)) rest[name] = toJson(entry.value)
}

function warnUnknown(name: string, entry: Entry, section: Section, key: string, report: Report): void {
  const elsewhere = report.sectionsWith(name).filter(other => other !== section.name)
  const close = nearest(name, Object.keys(section.rows), section.open ? 1 : undefined)
  const kept = section.open ? 'it is passed on as it is' : 'it has no effect'
  if (elsewhere.length > 0) {
    const message = `key ${key} belongs under ${elsewhere.join(' or ')}; here ${kept}`
    report.warn(entry.place, '', message, `Move it to ${elsewhere[0]}.`)
  } else if (close) {
    const message = `unknown key ${key}; did you mean ${close}?`
    report.warn(entry.place, '', message, `Rename it to ${close}; until then ${kept}.`)
  } else if (!section.open) {
    report.warn(
      entry.place,
      '',
      `unknown key ${key}; ${kept}`,
      'Remove it, or see docs/reference/config.md for the keys that exist.',
    )
  }
}

/** A map checked against a section of its own. */
export function objectOf<T extends Table>(section: Section<T>): ValueType<Values<T>> {
  const type: ValueType<Values<T>> = {
    name: 'a map',
    example: exampleOf(section),
    section,
    read(node: ConfigNode, key: string, report: Report) {
      if (node.kind !== 'map') return refuse(type, node, key, report)
      const { values, rest } = readSection(node, section, key, report)
      return { ...rest, ...values }
    },
  }
  return type
}

/** The keys a section cannot do without, else its first one. */
function exampleOf(section: Section): string {
  const rows = Object.entries(section.rows)
  const required = rows.filter(([, row]) => row.required)
  const shown = required.length > 0 ? required : rows.slice(0, 1)
  return `{ ${shown.map(([name, row]) => `${name}: ${row.type.example}`).join(', ')} }`
}
