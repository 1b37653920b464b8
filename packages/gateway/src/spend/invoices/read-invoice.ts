import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest } from 'sluice/internal'
import { nanoFromDecimal, readDecimal } from './decimal.ts'
import { type BilledLine, type InvoiceFormat, OTHER } from './invoice-format.ts'
import { readRecords } from './read-records.ts'
import { INVOICE_FORMATS } from './vendors/index.ts'

/** All that a bill says of one model, item and day. */
export interface InvoiceSum {
  readonly day: string
  readonly model: string
  readonly item: string
  /** Nano-dollars; null in reports of usage. */
  readonly spendNanoUsd: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly requests: number
}

export interface Invoice {
  /** SHA-256 of the file as it was sent, lower-case hex. */
  readonly id: string
  readonly format: InvoiceFormat
  readonly sums: readonly InvoiceSum[]
  /** Lines about models. */
  readonly lines: number
  /** Lines about something else: other services, taxes, credits, empty days. */
  readonly otherLines: number
}

/** Different days, models and items of one file; a bill for a year of a hundred models stays far below. */
const MOST_SUMS = 200_000
/** Records that may come before the first one whose shape is known. */
const MOST_UNKNOWN = 100
const MOST_NAME = 300

/**
 * Reads a provider's export as it streams in; memory is bounded by how many days and models it names, not by its size.
 * Throws `BadRequestError` for a file that is none, names another currency, or holds an amount that is no number.
 */
export async function readInvoice(file: Readable): Promise<Invoice> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  pipeline(file, hashing).catch((error: Error) => hashing.destroy(error))
  const sums = new InvoiceSums()
  let format: InvoiceFormat | undefined
  let unknown = 0
  for await (const record of readRecords(hashing)) {
    format ??= INVOICE_FORMATS.find(each => each.matches(record))
    if (format !== undefined) for (const line of format.read(record)) sums.add(line)
    else if (++unknown > MOST_UNKNOWN) break
  }
  if (format === undefined) {
    file.destroy()
    throw badRequest(
      `The file is no export that is known. Known are: ${INVOICE_FORMATS.map(({ name }) => name).join(', ')}.`,
      'file',
    )
  }
  return { id: hash.digest('hex'), format, ...sums.result() }
}

interface Sum {
  readonly line: BilledLine
  usd: bigint
  hasUsd: boolean
  inputTokens: number
  outputTokens: number
  requests: number
}

class InvoiceSums {
  readonly #sums = new Map<string, Sum>()
  #lines = 0
  #otherLines = 0

  add(line: BilledLine | typeof OTHER): void {
    if (line === OTHER) {
      this.#otherLines++
      return
    }
    this.#lines++
    const model = line.model.slice(0, MOST_NAME)
    const item = line.item.slice(0, MOST_NAME)
    const key = JSON.stringify([line.day, model, item])
    let sum = this.#sums.get(key)
    if (sum === undefined) {
      if (this.#sums.size === MOST_SUMS)
        throw badRequest(
          `The file names more than ${MOST_SUMS} different days, models and items. Export fewer days at a time.`,
          'file',
        )
      sum = {
        line: { ...line, model, item },
        ...{ usd: 0n, hasUsd: false, inputTokens: 0, outputTokens: 0, requests: 0 },
      }
      this.#sums.set(key, sum)
    }
    addLine(sum, line)
  }

  result(): Pick<Invoice, 'sums' | 'lines' | 'otherLines'> {
    const sums = [...this.#sums.values()].map(
      ({ line: { day, model, item }, usd, hasUsd, inputTokens, outputTokens, requests }): InvoiceSum => ({
        ...{ day, model, item, inputTokens, outputTokens, requests },
        spendNanoUsd: hasUsd ? nanoFromDecimal(usd) : null,
      }),
    )
    return { sums, lines: this.#lines, otherLines: this.#otherLines }
  }
}

function addLine(sum: Sum, line: BilledLine): void {
  if (line.usd !== undefined) {
    const amount = readDecimal(line.usd)
    if (amount === undefined)
      throw badRequest(
        `'${line.usd.slice(0, 40)}' is no amount of dollars (${line.day}, ${line.model}).`,
        'file',
      )
    sum.usd += amount
    sum.hasUsd = true
  }
  sum.inputTokens += line.inputTokens ?? 0
  sum.outputTokens += line.outputTokens ?? 0
  sum.requests += line.requests ?? 0
}
