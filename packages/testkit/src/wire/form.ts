import { Failure } from './failure.ts'
import { type Shape, Violation } from './shape.ts'

/** A file of a multipart form. */
export class Upload {
  readonly filename: string
  readonly contentType: string
  readonly bytes: Buffer

  constructor(filename: string, contentType: string, bytes: Buffer) {
    this.filename = filename
    this.contentType = contentType
    this.bytes = bytes
  }
}

/** A `multipart/form-data` body, fields in order; a name may repeat. */
export class Form {
  readonly fields: readonly (readonly [name: string, value: string | Upload])[]

  constructor(fields: readonly (readonly [string, string | Upload])[]) {
    this.fields = fields
  }

  /** The texts of a field. */
  texts(name: string): string[] {
    return this.all(name).filter(value => typeof value === 'string')
  }

  /** The files of a field. */
  files(name: string): Upload[] {
    return this.all(name).filter(value => value instanceof Upload)
  }

  all(name: string): (string | Upload)[] {
    return this.fields.flatMap(([field, value]) => (field === name ? [value] : []))
  }

  /** Values by name, in a list where a name repeats. */
  toObject(): Record<string, string | Upload | (string | Upload)[]> {
    const names = new Set(this.fields.map(([name]) => name))
    return Object.fromEntries([...names].map(name => [name, single(this.all(name))]))
  }
}

function single<T>(values: T[]): T | T[] {
  const [first] = values
  return values.length === 1 && first !== undefined ? first : values
}

/** Parses a multipart body. Rejects with a `Failure` when it is damaged. */
export async function readForm(raw: Buffer, contentType: string): Promise<Form> {
  let data: FormData
  try {
    data = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('invalid', { message: `Could not parse multipart form: ${why}` })
  }
  const fields = [...data].map(
    async ([name, value]): Promise<[string, string | Upload]> => [
      name,
      typeof value === 'string'
        ? value
        : new Upload(value.name, value.type, Buffer.from(await value.arrayBuffer())),
    ],
  )
  return new Form(await Promise.all(fields))
}

/** A file; `types` are the file name extensions the vendor takes, absent for any. */
export function upload(...extensions: string[]): Shape {
  return (value, path) => {
    if (!(value instanceof Upload)) throw new Violation('type', path, 'file', value)
    const extension = value.filename.split('.').at(-1)?.toLowerCase() ?? ''
    if (value.bytes.length === 0) throw new Violation('value', path, 'a file that is not empty', '')
    if (extensions.length > 0 && !extensions.includes(extension)) {
      throw new Violation('value', path, `a file of type ${extensions.join(', ')}`, value.filename)
    }
  }
}

/** A form's number: text that is one. */
export function numberText(shape: Shape): Shape {
  return (value, path) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
    if (Number.isNaN(number)) throw new Violation('type', path, 'number', value)
    shape(number, path)
  }
}

/** A form's `true` or `false`. */
export const flagText: Shape = (value, path) => {
  if (value !== 'true' && value !== 'false') throw new Violation('type', path, 'boolean', value)
}

/** One value or a list of them: a form's field that may repeat. */
export function oneOrMore(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return item(value, path)
    for (const [index, one] of value.entries()) item(one, [...path, index])
  }
}
