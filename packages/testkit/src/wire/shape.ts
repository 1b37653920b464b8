import { asText, isObject } from '../json.ts'

export type Path = readonly (string | number)[]

/** What is wrong with one field. Every wire words it as its vendor does. */
export class Violation extends Error {
  readonly kind: 'missing' | 'unknown' | 'type' | 'value'
  readonly path: Path
  /** The wanted type (`string`, `array` …) or the allowed values or bound, in words. */
  readonly expected: string
  readonly actual: unknown

  constructor(kind: Violation['kind'], path: Path, expected: string, actual?: unknown) {
    super(`${kind} ${path.join('.')}: expected ${expected}`)
    this.kind = kind
    this.path = path
    this.expected = expected
    this.actual = actual
  }
}

/** Checks a value; throws a {@link Violation} at the first thing that is wrong. */
export type Shape = (value: unknown, path: Path) => void

export const anything: Shape = () => {}

export const text: Shape = (value, path) => {
  if (typeof value !== 'string') throw new Violation('type', path, 'string', value)
}

export const filledText: Shape = (value, path) => {
  text(value, path)
  if (value === '') throw new Violation('value', path, 'a non-empty string', value)
}

export const flag: Shape = (value, path) => {
  if (typeof value !== 'boolean') throw new Violation('type', path, 'boolean', value)
}

export function number(least = -Infinity, most = Infinity): Shape {
  return (value, path) => {
    if (typeof value !== 'number') throw new Violation('type', path, 'number', value)
    if (value < least) throw new Violation('value', path, `a value of at least ${least}`, value)
    if (value > most) throw new Violation('value', path, `a value of at most ${most}`, value)
  }
}

export function integer(least = -Infinity, most = Infinity): Shape {
  const bounded = number(least, most)
  return (value, path) => {
    if (!Number.isInteger(value)) throw new Violation('type', path, 'integer', value)
    bounded(value, path)
  }
}

export function oneOf(...allowed: string[]): Shape {
  return (value, path) => {
    if (typeof value !== 'string') throw new Violation('type', path, 'string', value)
    if (!allowed.includes(value)) {
      throw new Violation('value', path, `one of ${allowed.map(item => `'${item}'`).join(', ')}`, value)
    }
  }
}

export function nullable(shape: Shape): Shape {
  return (value, path) => {
    if (value !== null) shape(value, path)
  }
}

export function list(item: Shape, least = 0): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Violation('type', path, 'array', value)
    if (value.length < least) throw new Violation('value', path, `at least ${least} item(s)`, value)
    for (const [index, one] of value.entries()) item(one, [...path, index])
  }
}

/** An object with exactly these fields; an optional field may be absent, an unlisted one is a violation. */
export function record(required: Record<string, Shape>, optional: Record<string, Shape> = {}): Shape {
  const known = new Map(Object.entries({ ...required, ...optional }))
  const needed = Object.keys(required)
  return (value, path) => {
    if (!isObject(value)) throw new Violation('type', path, 'object', value)
    for (const key of needed) {
      if (value[key] === undefined) throw new Violation('missing', [...path, key], 'a value')
    }
    for (const [key, one] of Object.entries(value)) {
      const shape = known.get(key)
      if (!shape) throw new Violation('unknown', [...path, key], 'no such field', one)
      shape(one, [...path, key])
    }
  }
}

/** Any object: its fields are the caller's business (JSON schemas, tool arguments). */
export const openRecord: Shape = (value, path) => {
  if (!isObject(value)) throw new Violation('type', path, 'object', value)
}

/** An object whose field `key` names which of the shapes it has. */
export function tagged(key: string, shapes: Record<string, Shape>, absent?: string): Shape {
  return (value, path) => {
    if (!isObject(value)) throw new Violation('type', path, 'object', value)
    const tag = value[key] ?? absent
    if (tag === undefined) throw new Violation('missing', [...path, key], 'a value')
    oneOf(...Object.keys(shapes))(tag, [...path, key])
    shapes[asText(tag)]?.(value, path)
  }
}

/** A value that may be a string or have another shape. */
export function textOr(shape: Shape): Shape {
  return (value, path) => {
    if (typeof value !== 'string') shape(value, path)
  }
}
