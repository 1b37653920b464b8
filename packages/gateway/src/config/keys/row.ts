import type { Report } from '../report.ts'
import type { ConfigNode } from '../source/node.ts'

/** How a value is checked. `read` reports what is wrong and answers undefined, or gives the value in our own form. */
export interface ValueType<T> {
  /** For documentation and messages: `a whole number ≥ 0`. */
  readonly name: string
  /** Shown as the remedy: `3`. */
  readonly example: string
  /** True for values that no message may repeat. */
  readonly secret?: boolean
  /** The keys below, when the value is a section of its own. */
  readonly section?: Section
  read(node: ConfigNode, key: string, report: Report): T | undefined
}

/**
 * `works`: has its effect. `accepted`: read and checked, but the feature does not exist yet; a start-up warning says
 * so. `unenforced`: like accepted, and it would protect something, so it gets a warning of its own.
 */
export type Status = 'works' | 'accepted' | 'unenforced'

export interface Row<T = unknown> {
  readonly type: ValueType<T>
  readonly status: Status
  readonly doc: string
  /** Where the value lands in `Settings` or `Deployment`. */
  readonly to?: string
  /** What to do instead while the key has no effect. */
  readonly remedy?: string
  /** The key is another name for this key of the same section. */
  readonly alias?: string
  /** A missing value refuses the start. */
  readonly required?: true
  /** A value that names an unset variable refuses the start instead of being left out. */
  readonly mustResolve?: true
}

export type Table = Readonly<Record<string, Row>>

/** Rows for keys that follow a pattern, such as `supports_*`. */
export interface Pattern {
  readonly shown: string
  readonly matches: (key: string) => boolean
  readonly row: Row
}

export interface Section<T extends Table = Table> {
  /** The words before the key in messages: `router_settings`. */
  readonly name: string
  readonly doc: string
  readonly rows: T
  readonly patterns?: readonly Pattern[]
  /** Keys we do not list are kept: the provider, or the reader of `/model/info`, may know them. */
  readonly open?: true
}

/** What a section's values are once read. */
export type Values<T extends Table> = {
  readonly [K in keyof T]?: (T[K] extends Row<infer V> ? V : never) | undefined
}

export type Extra = Omit<Row, 'type' | 'status' | 'doc' | 'to'>

/** A key that has its effect today. */
export function works<T>(type: ValueType<T>, doc: string, to?: string, extra: Extra = {}): Row<T> {
  return { type, status: 'works', doc, ...(to === undefined ? {} : { to }), ...extra }
}

/** A key that is read and checked and has no effect yet. */
export function accepted<T>(type: ValueType<T>, doc: string, extra: Extra = {}): Row<T> {
  return { type, status: 'accepted', doc, ...extra }
}

/** A key that would protect or limit something and does not yet; using it warns on its own line. */
export function unenforced<T>(type: ValueType<T>, doc: string, extra: Extra = {}): Row<T> {
  return { type, status: 'unenforced', doc, ...extra }
}
