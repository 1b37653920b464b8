import { isObject, type JsonObject } from '../json.ts'
import { Failure } from './failure.ts'
import type { Form } from './form.ts'
import type { BodyKind, Head, Route } from './wire.ts'

/** The body of a request, read as its operation takes it. Throws `Failure` for one it does not take. */
export function readBody(head: Head, route: Route, raw: Buffer, form: Form | undefined): JsonObject {
  const { operation } = route
  const isBodyless = head.method === 'GET' || head.method === 'DELETE'
  if (operation.kind !== 'call') return isBodyless ? {} : readJson(raw)
  const kind = raw.length === 0 ? 'none' : kindOf(head)
  const takes: readonly BodyKind[] = operation.takes ?? [isBodyless ? 'none' : 'json']
  if (!takes.includes(kind) && !(takes.includes('json') && kind !== 'form' && kind !== 'none')) {
    throw new Failure('invalid', { message: refusalOf(takes, kind, head) })
  }
  if (kind === 'none' || (takes.includes('list') && raw.toString('utf8', 0, 1) === '[')) return {}
  if (kind === 'form') return form?.toObject() ?? {}
  if (kind === 'urlencoded' && takes.includes(kind)) {
    return Object.fromEntries(new URLSearchParams(raw.toString()))
  }
  return kind === 'bytes' && takes.includes(kind) ? {} : readJson(raw)
}

/** Whether a content type announces a multipart form. */
export function isForm(contentType: string | undefined): contentType is string {
  return contentType !== undefined && mediaType(contentType) === 'multipart/form-data'
}

function kindOf({ headers }: Head): BodyKind {
  const type = mediaType(headers['content-type'] ?? 'application/json')
  if (type === 'multipart/form-data') return 'form'
  if (type === 'application/x-www-form-urlencoded') return 'urlencoded'
  return type === 'application/json' || type.endsWith('+json') ? 'json' : 'bytes'
}

function mediaType(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? ''
}

const names: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  list: 'application/json',
  form: 'multipart/form-data',
  urlencoded: 'application/x-www-form-urlencoded',
  bytes: 'bytes',
  none: 'no body',
}

function refusalOf(takes: readonly BodyKind[], kind: BodyKind, { headers }: Head): string {
  const got = kind === 'none' ? names.none : (headers['content-type'] ?? names[kind])
  return `Unsupported content type: expected ${takes.map(one => names[one]).join(' or ')}, but got ${got}.`
}

function readJson(raw: Buffer): JsonObject {
  let body: unknown
  try {
    body = JSON.parse(raw.toString())
  } catch {
    throw new Failure('invalid', { message: 'We could not parse the JSON body of your request.' })
  }
  if (!isObject(body))
    throw new Failure('invalid', { message: 'The JSON body of a request must be an object.' })
  return body
}
