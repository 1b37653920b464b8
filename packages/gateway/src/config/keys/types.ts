import { MOST_WEIGHT } from 'sluice/internal'
import type { Report } from '../report.ts'
import { type ConfigNode, isEmpty, toJson } from '../source/node.ts'
import type { ValueType } from './row.ts'

/** What was found, without giving away secrets or the environment's values. */
export function describe(node: ConfigNode, secret = false): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a map'
  if (node.variable !== undefined) return `the value of environment variable ${node.variable}`
  if (node.value === null) return 'nothing'
  if (secret || (typeof node.value === 'string' && looksSecret(node.value))) return `a ${typeof node.value}`
  const text = typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Keys that slipped into the wrong line, and addresses that carry a password. */
function looksSecret(value: string): boolean {
  return /\bsk-|@/.test(value)
}

/** Reports that `node` is not of `type`. */
export function refuse(type: ValueType<unknown>, node: ConfigNode, key: string, report: Report): undefined {
  const last = key.slice(key.lastIndexOf('.') + 1)
  const remedy = `Write for example ${/^[\w*-]+$/.test(last) ? `${last}: ` : ''}${type.example}.`
  report.problem(node.place, key, `expected ${type.name}, got ${describe(node, type.secret)}`, remedy)
  return undefined
}

/** A type of one scalar; `parse` answers undefined for what does not fit. */
export function scalar<T>(
  name: string,
  example: string,
  parse: (node: ConfigNode) => T | undefined,
): ValueType<T> {
  const type: ValueType<T> = {
    name,
    example,
    read: (node, key, report) => parse(node) ?? refuse(type, node, key, report),
  }
  return type
}

const textOf = (node: ConfigNode): string | undefined => {
  if (node.kind !== 'scalar' || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : node.text
}

/** Numbers typed as text count, because variables of the environment can be nothing else. */
const numberOf = (node: ConfigNode): number | undefined => {
  if (node.kind !== 'scalar') return undefined
  if (typeof node.value === 'number') return Number.isFinite(node.value) ? node.value : undefined
  if (typeof node.value !== 'string' || node.value.trim() === '') return undefined
  const value = Number(node.value)
  return Number.isFinite(value) ? value : undefined
}

/** YAML 1.1's words for booleans, which LiteLLM's files may use. */
const BOOLEANS = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
])

/** `true` or `false`; also yes, no, on, off. */
export const flag = scalar('true or false', 'true', node =>
  node.kind === 'scalar' && (typeof node.value === 'boolean' || typeof node.value === 'string')
    ? BOOLEANS.get(String(node.value).trim().toLowerCase())
    : undefined,
)

/** Any text, numbers included as they were typed. */
export const text = scalar('text', '"text"', textOf)

/** A secret: text that is not empty and appears in no message. */
export const secret: ValueType<string> = {
  name: 'a secret',
  example: 'os.environ/NAME',
  secret: true,
  read(node, key, report) {
    const value = textOf(node)
    if (value === undefined) return refuse(secret, node, key, report)
    if (value.trim() !== '') return value
    report.problem(node.place, key, 'an empty secret is refused', 'Give it a value, or take the line out.')
    return undefined
  },
}

/** A whole number of at least `least` and at most `most`. */
export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`
  return scalar(`a whole number ${range}`, String(Math.max(least, 3)), node => {
    const value = numberOf(node)
    return value !== undefined && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined
  })
}

function amountOf(node: ConfigNode): number | undefined {
  const value = numberOf(node)
  return value !== undefined && value >= 0 ? value : undefined
}

/** A number of at least 0. */
export const amount = scalar('a number ≥ 0', '0.5', amountOf)

/** Dollars; 0 is no budget, as in LiteLLM, and warns. */
export const budget: ValueType<number> = {
  ...amount,
  read(node, key, report) {
    const value = amount.read(node, key, report)
    if (value !== 0) return value
    report.warn(node.place, key, '0 means no budget, as in LiteLLM', 'Take the line out.')
    return undefined
  },
}

/** Seconds, fractions allowed. */
export const seconds = scalar('seconds (a number ≥ 0)', '30', amountOf)

/** Seconds, more than 0. */
export const positiveSeconds = scalar('seconds (a number > 0)', '600', node => {
  const value = numberOf(node)
  return value !== undefined && value > 0 ? value : undefined
})

/** A number from 0 to 1. */
export const fraction = scalar('a number from 0 to 1', '0.5', node => {
  const value = numberOf(node)
  return value !== undefined && value >= 0 && value <= 1 ? value : undefined
})

/** A share in a draw: a number from 0 to a million. */
export const weight = scalar(`a number from 0 to ${MOST_WEIGHT}`, '3', node => {
  const value = amountOf(node)
  return value !== undefined && value <= MOST_WEIGHT ? value : undefined
})

/** How much less and how much more: a number from 0 to 1 and one of at least 1. */
export const bounds: ValueType<readonly [least: number, most: number]> = {
  name: 'a list of two numbers, the least (from 0 to 1) and the most (≥ 1)',
  example: '[0.2, 5]',
  read(node, key, report) {
    const [least, most, more] = node.kind === 'list' ? node.items.map(amountOf) : []
    if (least === undefined || most === undefined || more !== undefined || least > 1 || most < 1)
      return refuse(bounds, node, key, report)
    return [least, most]
  },
}

/** A budget period: a whole number and s, m, h, d, w or mo. */
export const duration = scalar('a duration such as 30s, 5m, 1h, 7d, 2w or 1mo', '30d', node => {
  const value = textOf(node)?.trim()
  const match = value === undefined ? null : /^(\d{1,9})(s|m|h|d|w|mo)$/.exec(value)
  return match && Number(match[1]) > 0 ? value : undefined
})

/** An IANA time zone this runtime knows. */
export const timeZone = scalar('an IANA time zone', 'Europe/Berlin', node => {
  const value = textOf(node)
  if (value === undefined) return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return value
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
})

/** An absolute http or https address. */
export const url = scalar('an http:// or https:// address', 'https://host/v1', node => {
  const value = textOf(node)?.trim()
  if (value === undefined || !URL.canParse(value)) return undefined
  return ['http:', 'https:'].includes(new URL(value).protocol) ? value : undefined
})

/** Anything at all, kept as it is. */
export const anything: ValueType<unknown> = {
  name: 'any value',
  example: 'value',
  read: node => toJson(node),
}

/** A regular expression. */
export const pattern = scalar('a regular expression', "'^User-Agent: my-app/'", node => {
  const value = textOf(node)
  if (value === undefined) return undefined
  try {
    return new RegExp(value)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
})

/** One of the words given. */
export function choice<const T extends string>(...words: readonly T[]): ValueType<T> {
  return scalar(`one of ${words.join(', ')}`, words[0] ?? '', node =>
    words.find(word => word === textOf(node)),
  )
}

/** A list of `item`; members that name an unset variable are left out. */
export function list<T>(item: ValueType<T>): ValueType<readonly T[]> {
  const type: ValueType<readonly T[]> = {
    name: `a list, each ${item.name}`,
    example: `[${item.example}]`,
    ...(item.section ? { section: item.section } : {}),
    read(node, key, report) {
      if (node.kind !== 'list') return refuse(type, node, key, report)
      const present = node.items
        .map((value, index) => ({ value, at: `${key}[${index}]` }))
        .filter(member => !isUnset(member.value))
      return present
        .map(member => item.read(member.value, member.at, report))
        .filter(value => value !== undefined)
    },
  }
  return type
}

/** A map from any key to `value`. */
export function map<T>(value: ValueType<T>): ValueType<ReadonlyMap<string, T>> {
  const type: ValueType<ReadonlyMap<string, T>> = {
    name: `a map, each value ${value.name}`,
    example: `{ name: ${value.example} }`,
    ...(value.section ? { section: value.section } : {}),
    read(node, key, report) {
      if (node.kind !== 'map') return refuse(type, node, key, report)
      const result = new Map<string, T>()
      for (const [name, entry] of node.entries) {
        if (isUnset(entry.value)) continue
        const item = value.read(entry.value, `${key}.${name}`, report)
        if (item !== undefined) result.set(name, item)
      }
      return result
    },
  }
  return type
}

/** A list, or one member alone. */
export function oneOrMore<T>(item: ValueType<T>): ValueType<readonly T[]> {
  const many = list(item)
  return {
    ...many,
    name: `${item.name} or ${many.name}`,
    read(node, key, report) {
      if (node.kind === 'list') return many.read(node, key, report)
      const one = item.read(node, key, report)
      return one === undefined ? undefined : [one]
    },
  }
}

/** A map whose inside is not checked. */
export const object: ValueType<Readonly<Record<string, unknown>>> = {
  name: 'a map',
  example: '{ name: value }',
  read: (node, key, report) =>
    node.kind === 'map'
      ? (toJson(node) as Readonly<Record<string, unknown>>)
      : refuse(object, node, key, report),
}

/** A list whose members are not checked. */
export const anyList: ValueType<readonly unknown[]> = { ...list(anything), name: 'a list' }

/** The first type for maps, the second for everything else. */
export function mapOr<M, S>(whenMap: ValueType<M>, otherwise: ValueType<S>): ValueType<M | S> {
  return {
    name: `${otherwise.name} or ${whenMap.name}`,
    example: otherwise.example,
    ...(whenMap.section ? { section: whenMap.section } : {}),
    read: (node, key, report) => (node.kind === 'map' ? whenMap : otherwise).read(node, key, report),
  }
}

const isUnset = (node: ConfigNode): boolean => node.kind === 'scalar' && node.unset === true && isEmpty(node)
