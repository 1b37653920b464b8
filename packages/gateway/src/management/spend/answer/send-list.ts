import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Cell, csvLine } from '../../../spend/csv.ts'

/** Characters that are sent at a time. */
const CHUNK = 64 * 1024

/** True when the request asks for CSV: `?format=csv`, or it accepts nothing else that we have. */
export function wantsCsv(request: FastifyRequest, format: 'json' | 'csv' | undefined): boolean {
  return format === undefined ? /^\s*text\/csv\b/i.test(request.headers.accept ?? '') : format === 'csv'
}

/** A list of any length as JSON, an item at a time. What fails before the first item is an error like any other. */
export function sendJson(reply: FastifyReply, items: AsyncIterable<unknown>): Promise<FastifyReply> {
  return send(reply, 'application/json; charset=utf-8', jsonText(items))
}

/** JSON text in pieces of any number and size. */
export function sendJsonText(reply: FastifyReply, pieces: AsyncGenerator<string>): Promise<FastifyReply> {
  return send(reply, 'application/json; charset=utf-8', pieces)
}

/** Lines of any number as CSV, in pieces; `file` is what a browser saves it as. */
export function sendCsv(
  reply: FastifyReply,
  file: string,
  head: readonly string[],
  pieces: AsyncIterable<readonly (readonly Cell[])[]>,
): Promise<FastifyReply> {
  void reply.header('content-disposition', `attachment; filename="${file}.csv"`)
  return send(reply, 'text/csv; charset=utf-8', csvText(head, pieces))
}

async function send(reply: FastifyReply, type: string, text: AsyncGenerator<string>): Promise<FastifyReply> {
  const first = await text.next()
  const rest = async function* () {
    if (first.done !== true) yield first.value
    yield* text
  }
  void reply.header('content-type', type)
  return reply.send(Readable.from(inChunks(rest()), { objectMode: false }))
}

async function* jsonText(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '['
  for await (const item of items) {
    yield before + JSON.stringify(item)
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

async function* csvText(
  head: readonly string[],
  pieces: AsyncIterable<readonly (readonly Cell[])[]>,
): AsyncGenerator<string> {
  let text = csvLine(head)
  for await (const lines of pieces) {
    yield text
    text = ''
    for (const line of lines) text += csvLine(line)
  }
  yield text
}

async function* inChunks(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = ''
  for await (const text of texts) {
    chunk += text
    if (chunk.length < CHUNK) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  if (chunk !== '') yield Buffer.from(chunk)
}
