/** Whose bill it is. */
export const INVOICE_SOURCES = ['openai', 'anthropic', 'aws', 'google', 'azure'] as const
export type InvoiceSource = (typeof INVOICE_SOURCES)[number]

/** One line of a bill in our words. */
export interface BilledLine {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  /** The model as the bill names it. */
  readonly model: string
  /** What of it: `input`, `cache_read` …; empty where the bill does not say. */
  readonly item: string
  /** Dollars as decimal text; absent in reports of usage. */
  readonly usd?: string | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly requests?: number | undefined
}

/** A line about something else than models: other services, taxes, credits, empty days. */
export const OTHER = 'other'

/** A record of a file: a row of a CSV by its column names, or a JSON object. */
export type InvoiceRecord = Readonly<Record<string, unknown>>

/** One shape of one vendor's export. */
export interface InvoiceFormat {
  /** `openai-costs-csv`. */
  readonly name: string
  readonly source: InvoiceSource
  /** `cost`: dollars. `usage`: tokens and requests. */
  readonly kind: 'cost' | 'usage'
  /** True when the first record of a file is of this shape. */
  matches(record: InvoiceRecord): boolean
  /** What a record bills. Throws `BadRequestError` for an amount in another currency. */
  read(record: InvoiceRecord): readonly (BilledLine | typeof OTHER)[]
}
