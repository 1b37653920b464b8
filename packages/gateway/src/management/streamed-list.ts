import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/**
 * A list without pages as JSON, `atOnce` of its `ids` at a time, so that neither other requests nor the database's other
 * readers wait for the whole. Nothing is sent before the first part is known: a failure until then is an answer, a later
 * one breaks the connection off.
 */
export async function streamedList<T>(
  reply: FastifyReply,
  ids: readonly string[],
  atOnce: number,
  partOf: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[] | Readable> {
  const first = ids.length === 0 ? [] : await partOf(ids.slice(0, atOnce))
  if (ids.length <= atOnce) return first
  void reply.type('application/json; charset=utf-8')
  return Readable.from(textOf(first, ids, atOnce, partOf), { objectMode: false })
}

async function* textOf<T>(
  first: readonly T[],
  ids: readonly string[],
  atOnce: number,
  partOf: (ids: readonly string[]) => Promise<readonly T[]>,
): AsyncGenerator<string> {
  let part = first
  let before = '['
  for (let at = atOnce; ; at += atOnce) {
    if (part.length > 0) {
      yield before + JSON.stringify(part).slice(1, -1)
      before = ','
    }
    if (at >= ids.length) break
    part = await partOf(ids.slice(at, at + atOnce))
  }
  yield before === '[' ? '[]' : ']'
}
