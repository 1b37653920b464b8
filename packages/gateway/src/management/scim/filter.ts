import { scimError } from './scim-error.ts'

type Value = string | number | boolean | null
type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

/** A filter of RFC 7644 §3.4.2.2. `path` in lower case. */
export type Filter =
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Operator; readonly value: Value }
  | { readonly kind: 'present'; readonly path: string }
  | { readonly kind: 'within'; readonly path: string; readonly filter: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly [Filter, Filter] }

const OPERATORS: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const LONGEST = 4_096
const DEEPEST = 32

/** Reads a filter. Throws SCIM's `invalidFilter`. */
export function parseFilter(text: string): Filter {
  if (text.length > LONGEST) throw invalid(`it has more than ${LONGEST} characters`)
  const parser = new Parser(tokensOf(text))
  const filter = parser.either(0)
  parser.end()
  return filter
}

class Parser {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw invalid(`nothing was expected at ${this.#tokens[this.#at]}`)
  }

  either(depth: number): Filter {
    if (depth > DEEPEST) throw invalid(`it is nested more than ${DEEPEST} times`)
    let left = this.#both(depth)
    while (this.#takes('or')) left = { kind: 'or', filters: [left, this.#both(depth)] }
    return left
  }

  #both(depth: number): Filter {
    let left = this.#one(depth)
    while (this.#takes('and')) left = { kind: 'and', filters: [left, this.#one(depth)] }
    return left
  }

  #one(depth: number): Filter {
    if (this.#takes('not')) {
      this.#expect('(')
      return { kind: 'not', filter: this.#closed(depth, ')') }
    }
    if (this.#takes('(')) return this.#closed(depth, ')')
    const path = this.#next('an attribute').toLowerCase()
    if (!isPath(path)) throw invalid(`${path} is no attribute`)
    if (this.#takes('[')) return { kind: 'within', path, filter: this.#closed(depth, ']') }
    const operator = this.#next('an operator').toLowerCase()
    if (operator === 'pr') return { kind: 'present', path }
    if (!OPERATORS.includes(operator)) throw invalid(`${operator} is no operator`)
    return { kind: 'compare', path, operator: operator as Operator, value: valueOf(this.#next('a value')) }
  }

  #closed(depth: number, mark: string): Filter {
    const filter = this.either(depth + 1)
    this.#expect(mark)
    return filter
  }

  #takes(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #expect(mark: string): void {
    if (!this.#takes(mark)) throw invalid(`${mark} is missing`)
  }

  #next(what: string): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw invalid(`${what} is missing at its end`)
    return token
  }
}

const MARKS = '()[]'

/** Marks, texts in quotation marks, and words. */
function tokensOf(text: string): readonly string[] {
  const tokens: string[] = []
  let at = 0
  while (at < text.length) {
    const letter = text[at] as string
    let end = at + 1
    if (letter === '"') end = endOfText(text, at)
    else if (letter !== ' ' && !MARKS.includes(letter))
      while (end < text.length && text[end] !== ' ' && !MARKS.includes(text[end] as string)) end++
    if (letter !== ' ') tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  throw invalid('a quotation mark is missing')
}

function valueOf(token: string): Value {
  try {
    const value: unknown = JSON.parse(token.startsWith('"') ? token : token.toLowerCase())
    if (typeof value !== 'object' || value === null) return value as Value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw invalid(`${token} is no value; texts stand in quotation marks`)
}

function isPath(path: string): boolean {
  return /^(urn:[\w.:-]+:)?[a-z$][\w$-]*(\.[a-z$][\w$-]*)?$/.test(path)
}

/** Whether a resource fits. Texts are compared without regard to case. */
export function matches(filter: Filter, resource: unknown): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(filter.filters[0], resource) && matches(filter.filters[1], resource)
    case 'or':
      return matches(filter.filters[0], resource) || matches(filter.filters[1], resource)
    case 'not':
      return !matches(filter.filter, resource)
    case 'present':
      return valuesAt(resource, filter.path).some(value => value !== null && value !== '')
    case 'within':
      return valuesAt(resource, filter.path).some(value => matches(filter.filter, value))
    case 'compare': {
      const values = valuesAt(resource, filter.path).map(value => plain(value))
      if (filter.operator === 'ne') return !values.some(value => compares(value, 'eq', filter.value))
      return values.some(value => compares(value, filter.operator, filter.value))
    }
  }
}

/** Of a list, each of its members; an extension's attributes lie below its URN. */
function valuesAt(resource: unknown, path: string): readonly unknown[] {
  const urn = path.startsWith('urn:') ? path.slice(0, path.lastIndexOf(':')) : undefined
  const names = (urn === undefined ? path : path.slice(urn.length + 1)).split('.')
  let values: readonly unknown[] = [resource]
  for (const name of urn === undefined ? names : [urn, ...names])
    values = values.flatMap(value => propertyOf(value, name) ?? []).flat()
  return values
}

function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}

/** `emails co "acme"` means their values. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? propertyOf(value, 'value') : value
}

function compares(value: unknown, operator: Operator, wanted: Value): boolean {
  if (typeof value !== 'string' || typeof wanted !== 'string') {
    if (operator === 'eq') return value === wanted
    return typeof value === 'number' && typeof wanted === 'number' && orders(value, operator, wanted)
  }
  const [left, right] = [value.toLowerCase(), wanted.toLowerCase()]
  if (operator === 'co') return left.includes(right)
  if (operator === 'sw') return left.startsWith(right)
  if (operator === 'ew') return left.endsWith(right)
  return operator === 'eq' ? left === right : orders(left, operator, right)
}

function orders<T extends string | number>(left: T, operator: Operator, right: T): boolean {
  if (operator === 'gt') return left > right
  if (operator === 'ge') return left >= right
  if (operator === 'lt') return left < right
  return operator === 'le' && left <= right
}

function invalid(reason: string) {
  return scimError(400, `The filter cannot be read: ${reason}.`, 'invalidFilter')
}
