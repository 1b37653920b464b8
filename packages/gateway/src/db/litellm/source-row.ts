import { nanoOfDecimal } from './nano-of-decimal.ts'

/** A row of LiteLLM's as it was read: JSON and arrays parsed, all other values as text, times in milliseconds. */
export class SourceRow {
  private readonly values: Readonly<Record<string, unknown>>
  /** Names of columns that somebody asked for: the others have no counterpart. */
  private readonly asked: Set<string>

  constructor(values: Readonly<Record<string, unknown>>, asked: Set<string>) {
    this.values = values
    this.asked = asked
  }

  /** Empty text counts as none. */
  text(column: string): string | null {
    const value = this.get(column)
    if (typeof value === 'object') return value === null ? null : JSON.stringify(value)
    return value === '' ? null : String(value)
  }

  count(column: string): number | null {
    const value = this.get(column)
    return value === null ? null : Number(value)
  }

  flag(column: string): boolean {
    const value = this.get(column)
    return value === true || value === 'true' || value === 't'
  }

  /** Milliseconds since the epoch. */
  time(column: string): number | null {
    return this.count(column)
  }

  /** Dollars as nano-dollars. */
  nano(column: string): number | null {
    const text = this.text(column)
    return text === null ? null : nanoOfDecimal(text)
  }

  list(column: string): readonly string[] {
    const value = this.get(column)
    return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
  }

  /** LiteLLM writes some JSON as a text that holds JSON. */
  json(column: string): unknown {
    const value = this.get(column)
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      return value
    }
  }

  object(column: string): Readonly<Record<string, unknown>> {
    const value = this.json(column)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  }

  private get(column: string): string | number | boolean | object | null {
    this.asked.add(column)
    return (this.values[column] ?? null) as string | number | boolean | object | null
  }
}
