import type { Endpoint } from '../../../../endpoints/endpoint.ts'
import { endpoints } from '../../../../endpoints/registry.ts'
import { isJsonObject, type JsonObject } from '../../../../types/json.ts'
import { WireForm } from '../../../../types/wire-body.ts'
import type { Codec, WireRequest } from '../../../codec.ts'
import { isUploadedFile } from '../../../form-object.ts'
import { isDataUri, parseDataUri } from '../../../media/data-uri.ts'
import { type Column, sheets } from './columns.ts'
import { inlined, NOW, plain, upstreamInfo } from './encode-case.ts'

interface Trip {
  readonly before: unknown
  readonly after: unknown
}

/** A request before and after it was written and read again by one codec, both in one of their equal spellings. */
export function roundTrip(codec: Codec, asked: JsonObject): Trip {
  const name = codec.endpoint as Column['endpoint']
  const [first] = sheets.get(`${name}-${codec.format}`) ?? []
  if (first === undefined) throw new Error(`No provider binds ${codec.format} (${name}).`)
  const column = { ...first, binding: { ...first.binding, codec } }
  const { info } = upstreamInfo(column, { ...asked, model: first.model })
  const request = inlined(endpoints[name] as Endpoint, column, { ...asked, model: info.model }, info)
  const wire = codec.upstream.encodeRequest(request as never, { ...info, request })
  const { video_id: id } = asked
  const variables = { search_tool: info.model, ...(typeof id === 'string' && { video_id: id }) }
  const read = codec.inbound?.decodeRequest(receivedOf(wire), {
    ...{ id: 'call-1', now: NOW, variables, warn() {} },
    model: info.model,
  })
  return { before: settled(request), after: settled(read) }
}

/** What a server gets of it: a form, parsed JSON, or the query of a request without a body. */
function receivedOf({ method, payload, query, body }: WireRequest): unknown {
  if (method !== undefined) return { ...query }
  return payload instanceof WireForm ? payload : plain(body)
}

/** How and where, not what: servers of speech stream whatever is asked, and searches are found by a tool's name. */
const MANNERS = new Set(['model', 'stream', 'stream_format'])

/** Without nulls; files by their content; numbers and flags as texts and objects as objects, whatever forms make of them. */
function settled(value: unknown): unknown {
  if (isUploadedFile(value)) return `${value.contentType}: ${value.bytes.toString('base64')}`
  if (typeof value === 'string' && isDataUri(value)) {
    const { mime, data } = parseDataUri(value, 'value')
    return `${mime}: ${data}`
  }
  if (typeof value === 'string' && value.startsWith('{')) return settled(JSON.parse(value))
  if (Array.isArray(value)) return value.map(settled)
  if (!isJsonObject(value)) return String(value)
  const stated = Object.entries(value).filter(([key, item]) => item != null && !MANNERS.has(key))
  return Object.fromEntries(stated.map(([key, item]) => [key, settled(item)]))
}
