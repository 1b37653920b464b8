import { badRequest } from '../errors.ts'
import { isJsonArray, type JsonObject } from '../types/json.ts'
import type { UploadedFile, WireForm } from '../types/wire-body.ts'

/** Which fields of a form mean something else than text or a file. */
export interface FormKinds {
  readonly numbers?: readonly string[]
  readonly flags?: readonly string[]
  /** Arrays even when they come once; repeated names and `name[]` are arrays in any case. */
  readonly lists?: readonly string[]
  /** JSON where it is JSON, else text. */
  readonly json?: readonly string[]
}

/**
 * A client's form as the object it would be in JSON; files are `UploadedFile`s. Throws `BadRequestError` naming the
 * field that is not of its kind.
 */
export function formObject(form: WireForm, kinds: FormKinds = {}): JsonObject {
  const out: JsonObject = {}
  for (const [field, value] of form.fields) {
    const isList = field.endsWith('[]')
    const name = isList ? field.slice(0, -'[]'.length) : field
    const read = typeof value === 'string' ? readText(name, value, kinds) : value
    const before = Object.hasOwn(out, name) ? out[name] : undefined
    if (before !== undefined) set(out, name, isJsonArray(before) ? [...before, read] : [before, read])
    else if (isList || kinds.lists?.includes(name)) set(out, name, Array.isArray(read) ? read : [read])
    else set(out, name, read)
  }
  return out
}

/** True for a file as a form brings it. */
export function isUploadedFile(value: unknown): value is UploadedFile {
  return typeof value === 'object' && value !== null && 'bytes' in value && Buffer.isBuffer(value.bytes)
}

/** As `out[name] = value`, for names such as `__proto__` too. */
function set(out: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true })
}

function readText(name: string, text: string, kinds: FormKinds): unknown {
  if (kinds.numbers?.includes(name)) {
    const number = Number(text)
    if (text.trim() === '' || !Number.isFinite(number))
      throw badRequest(`${name}: must be a number, got ${JSON.stringify(text.slice(0, 40))}.`, name)
    return number
  }
  if (kinds.flags?.includes(name)) {
    const flag = FLAGS[text.toLowerCase()]
    if (flag === undefined)
      throw badRequest(`${name}: must be true or false, got ${JSON.stringify(text.slice(0, 40))}.`, name)
    return flag
  }
  return kinds.json?.includes(name) ? parsedOr(text) : text
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false }

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
