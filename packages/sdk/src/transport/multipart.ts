import { randomUUID } from 'node:crypto'
import { type FormField, type UploadedFile, WireBytes, type WireForm } from '../types/wire-body.ts'

/** A form as the bytes of a `multipart/form-data` body. Source: https://www.rfc-editor.org/rfc/rfc7578 */
export function encodeMultipart(form: WireForm): WireBytes {
  const boundary = `sluice-${randomUUID()}`
  const parts = form.fields.flatMap(field => [
    Buffer.from(`--${boundary}\r\n${headOf(field)}\r\n\r\n`),
    contentOf(field),
    NEWLINE,
  ])
  const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
  return new WireBytes(body, `multipart/form-data; boundary=${boundary}`)
}

const NEWLINE = Buffer.from('\r\n')

function headOf([name, value]: FormField): string {
  const disposition = `Content-Disposition: form-data; name="${escapeName(name)}"`
  if (typeof value === 'string') return disposition
  return `${disposition}; filename="${escapeName(value.filename)}"\r\nContent-Type: ${typeOf(value)}`
}

/** As browsers do: a quote or a line break would end the header. */
function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}

/** The type may be a caller's own words, of a `data:` URI: a line break in it would be a header. */
function typeOf({ contentType }: UploadedFile): string {
  return /^[\t -~]+$/.test(contentType) ? contentType : 'application/octet-stream'
}

function contentOf([, value]: FormField): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value.bytes
}
