import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'

const LONGEST = 2000

/**
 * The error object of a body, whatever shape it has: OpenAI's `{ error: { message, type, param, code } }`, the same
 * without its wrapper, words only, FastAPI's `detail`, RFC 9457 problem details, a web page. `undefined` for none.
 */
export function errorObject(body: unknown): JsonObject | undefined {
  if (typeof body === 'string') return body.trim() === '' ? undefined : { message: readable(body) }
  if (isJsonArray(body)) return errorObject(body[0])
  if (!isJsonObject(body)) return undefined
  if (isJsonObject(body.error)) return withMessage(body.error)
  if (typeof body.error === 'string') return { ...body, message: body.error }
  if (isJsonArray(body.error)) return { message: body.error.map(textOf).filter(Boolean).join(' ') }
  if (typeof body.message === 'string') return body
  return fromDetail(body)
}

/** Some gateways nest the provider's own body under `message`. */
function withMessage(error: JsonObject): JsonObject {
  return isJsonObject(error.message) && typeof error.message.message === 'string'
    ? { ...error, ...error.message }
    : error
}

function fromDetail(body: JsonObject): JsonObject | undefined {
  const { detail, title } = body
  if (typeof detail === 'string') return { ...body, message: detail }
  if (isJsonObject(detail))
    return typeof detail.message === 'string' ? detail : { message: JSON.stringify(detail) }
  if (isJsonArray(detail)) return fromValidation(detail)
  return typeof title === 'string' ? { ...body, message: title } : undefined
}

/** FastAPI: `[{ loc: ['body', 'messages', 0, 'role'], msg }]`. */
function fromValidation(detail: unknown[]): JsonObject {
  const found = detail.filter(isJsonObject).map(({ loc, msg }) => ({ path: pathOf(loc), msg: textOf(msg) }))
  const message = found.map(({ path, msg }) => (path === '' ? msg : `${path}: ${msg}`)).join('; ')
  const param = found[0]?.path
  return { message: message || JSON.stringify(detail), ...(param && { param }), detail }
}

function pathOf(location: unknown): string {
  if (!isJsonArray(location)) return ''
  const steps = location[0] === 'body' ? location.slice(1) : location
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    return path === '' ? String(step) : `${path}.${String(step)}`
  }, '')
}

/** A web page in an error's place says what it is in its title. */
function readable(text: string): string {
  const start = text.trimStart().slice(0, 15).toLowerCase()
  if (!start.startsWith('<html') && !start.startsWith('<!doctype html')) return text.slice(0, LONGEST)
  const lower = text.toLowerCase()
  const open = lower.indexOf('<title>')
  const close = lower.indexOf('</title>')
  const title = open !== -1 && close > open ? text.slice(open + '<title>'.length, close).trim() : ''
  return title === '' ? 'The provider answered with a web page.' : title.slice(0, LONGEST)
}
