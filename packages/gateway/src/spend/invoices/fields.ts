import { badRequest } from 'sluice/internal'
import type { InvoiceRecord } from './invoice-format.ts'

/** Names of one column, in the order they are looked for; a dot reaches into an object. */
export function textOf(record: InvoiceRecord, ...names: readonly string[]): string {
  for (const name of names) {
    const value = valueOf(record, name)
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return ''
}

export function has(record: InvoiceRecord, ...names: readonly string[]): boolean {
  return names.some(name => valueOf(record, name) !== undefined)
}

/** A whole number, 0 where there is none. */
export function countOf(record: InvoiceRecord, ...names: readonly string[]): number {
  const value = Number(textOf(record, ...names))
  return Number.isFinite(value) ? Math.round(value) : 0
}

export function listOf(value: unknown): readonly InvoiceRecord[] {
  return Array.isArray(value) ? (value as readonly InvoiceRecord[]) : []
}

/** A day in UTC from a date, a time, seconds since the epoch, or Azure's `MM/DD/YYYY`. */
export function dayOf(text: string): string {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text)
  if (american) return `${american[3]}-${american[1]?.padStart(2, '0')}-${american[2]?.padStart(2, '0')}`
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  if (/^\d{9,10}$/.test(text)) return new Date(Number(text) * 1_000).toISOString().slice(0, 10)
  if (/^\d{8}$/.test(text)) return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  // BigQuery writes `2026-11-01 07:00:00 UTC` and `2026-11-01 07:00:00+00`.
  const time = Date.parse(
    text
      .replace(/ UTC$/, 'Z')
      .replace(/([+-]\d\d)$/, '$1:00')
      .replace(/^(\S{10}) /, '$1T'),
  )
  if (!Number.isNaN(time)) return new Date(time).toISOString().slice(0, 10)
  throw badRequest(`'${text.slice(0, 40)}' is no date that an export of a provider has.`, 'file')
}

/** Bills are compared in dollars; converting them would make a drift of its own. */
export function requireUsd(currency: string, remedy: string): void {
  if (currency === '' || currency.toUpperCase() === 'USD') return
  throw badRequest(
    `The amounts are in ${currency.toUpperCase().slice(0, 8)}; only US dollars can be compared. ${remedy}`,
    'file',
  )
}

/** The column of this very name, else one that differs in case, dots, slashes and underscores only. */
function valueOf(record: InvoiceRecord, name: string): unknown {
  const direct = record[name]
  if (direct !== undefined) return direct
  if (name.includes('.')) {
    const [head = '', ...rest] = name.split('.')
    const inner = record[head]
    if (typeof inner === 'object' && inner !== null) return valueOf(inner as InvoiceRecord, rest.join('.'))
  }
  return folded(record).get(fold(name))
}

const foldedNames = new WeakMap<InvoiceRecord, ReadonlyMap<string, unknown>>()

function folded(record: InvoiceRecord): ReadonlyMap<string, unknown> {
  let map = foldedNames.get(record)
  if (map === undefined) {
    map = new Map(Object.entries(record).map(([name, value]) => [fold(name), value]))
    foldedNames.set(record, map)
  }
  return map
}

const foldedOnce = new Map<string, string>()
const MOST_FOLDED = 2_000

function fold(name: string): string {
  let text = foldedOnce.get(name)
  if (text === undefined) {
    text = name.toLowerCase().replace(/[^a-z0-9]/g, '')
    if (foldedOnce.size < MOST_FOLDED) foldedOnce.set(name, text)
  }
  return text
}
