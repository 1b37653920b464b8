import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { type CsvError, parse } from 'csv-parse'
import { badRequest } from 'sluice/internal'
import type { InvoiceRecord } from './invoice-format.ts'

/** A JSON document that is read as one; files of one object a line may have any size. */
const MOST_JSON_BYTES = 64 * 1024 * 1024
/** A row of a CSV, or one line of JSON. */
const MOST_ROW_BYTES = 8 * 1024 * 1024

/**
 * Records of an export, one at a time: rows of a CSV by their columns, objects of a JSON array, lines of NDJSON, or one
 * JSON object. Gzip is undone. Throws `BadRequestError` for what is none of these.
 */
export async function* readRecords(source: Readable): AsyncGenerator<InvoiceRecord> {
  const { first, stream } = await peek(source)
  if (first[0] === 0x1f && first[1] === 0x8b) {
    yield* readRecords(pump(stream, createGunzip()))
    return
  }
  const start = first
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (start.startsWith('{') || start.startsWith('[')) yield* readJson(stream)
  else yield* readCsv(stream)
}

/** A failed copy destroys its target with the error, and whoever reads that hears of it. */
function pump<T extends NodeJS.ReadWriteStream & Readable>(from: Readable, to: T): T {
  pipeline(from, to).catch((error: Error) => to.destroy(error))
  return to
}

async function peek(source: Readable): Promise<{ first: Buffer; stream: Readable }> {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>
  const start = await iterator.next()
  const first = start.done ? Buffer.alloc(0) : Buffer.from(start.value)
  const stream = new PassThrough()
  stream.write(first)
  const rest = async () => {
    for (;;) {
      const next = await iterator.next()
      if (next.done) break
      if (!stream.write(next.value)) await new Promise(resolve => stream.once('drain', resolve))
      if (stream.destroyed) break
    }
    stream.end()
  }
  rest().catch((error: Error) => stream.destroy(error))
  return { first, stream }
}

async function* readCsv(stream: Readable): AsyncGenerator<InvoiceRecord> {
  const parser = pump(
    stream,
    parse({
      bom: true,
      columns: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MOST_ROW_BYTES,
    }),
  )
  try {
    for await (const row of parser) yield row as InvoiceRecord
  } catch (error) {
    const { code, message } = error as CsvError
    if (!String(code).startsWith('CSV_')) throw error
    throw badRequest(`The file is no CSV that can be read: ${message}. Send the export as it came.`, 'file')
  }
}

/** One document if it parses as one; else a document on each line. */
async function* readJson(stream: Readable): AsyncGenerator<InvoiceRecord> {
  let size = 0
  let held: string[] = []
  let mode: 'unknown' | 'lines' | 'document' = 'unknown'
  for await (const text of linesOf(stream)) {
    if (mode === 'unknown' && text.trim() !== '') mode = parsed(text) === undefined ? 'document' : 'lines'
    if (mode === 'lines') {
      if (text.trim() !== '') yield* recordsOf(parsed(text))
      continue
    }
    size += text.length
    if (size > MOST_JSON_BYTES) throw tooLong()
    held.push(text)
  }
  if (mode !== 'document') return
  const document = parsed(held.join('\n'))
  held = []
  yield* recordsOf(document)
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > MOST_JSON_BYTES) throw tooLong()
  }
  yield rest + decoder.decode()
}

function tooLong(): Error {
  return badRequest(
    'The file is one JSON document of more than 64 MB. Send it as CSV, or as JSON with one object on each line.',
    'file',
  )
}

function* recordsOf(value: unknown): Generator<InvoiceRecord> {
  const items = Array.isArray(value) ? value : [value]
  for (const item of items) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) yield item as InvoiceRecord
    else throw badRequest('The file is no JSON that an export of a provider has.', 'file')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
