import { wordOf } from '../../types/json.ts'
import { type FormField, WireForm } from '../../types/wire-body.ts'
import { isUploadedFile } from '../form-object.ts'
import { fileOf } from '../media/image-input.ts'

/** Fields that hold pictures, whichever way they were handed in. */
const PICTURES: ReadonlySet<string> = new Set(['image', 'mask', 'input_reference'])

/** A body as a form: several pictures are `image[]`, objects are JSON, everything else is text. */
export function imageForm(body: Readonly<Record<string, unknown>>): WireForm {
  const fields: FormField[] = []
  for (const [name, value] of Object.entries(body)) {
    if (Array.isArray(value) && value.length !== 1)
      for (const [index, item] of value.entries())
        fields.push([`${name}[]`, fieldOf(item, name, `${name}[${index}]`)])
    else fields.push([name, fieldOf(Array.isArray(value) ? value[0] : value, name, name)])
  }
  return new WireForm(fields)
}

function fieldOf(value: unknown, name: string, param: string): FormField[1] {
  if (isUploadedFile(value)) return value
  if (typeof value === 'string') return PICTURES.has(name) ? fileOf(value, param) : value
  return wordOf(value)
}
