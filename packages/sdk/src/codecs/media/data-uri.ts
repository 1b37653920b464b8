import { badRequest } from '../../errors.ts'

export interface InlineData {
  readonly mime: string
  /** Base64. */
  readonly data: string
}

export function isDataUri(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 'data:'
}

/** RFC 2397: `data:[<mime>][;<param>…][;base64],<data>`. Throws `BadRequestError` when `uri` is broken. */
export function parseDataUri(uri: string, at: string): InlineData {
  const comma = uri.indexOf(',')
  if (comma < 0) throw badRequest(`${at}: this data: URI has no data; write data:<type>;base64,<data>.`, at)
  const [type, ...params] = uri.slice(5, comma).split(';')
  const payload = uri.slice(comma + 1)
  const mime = (type || 'text/plain').toLowerCase()
  if (params.includes('base64')) return { mime, data: payload }
  let text: string
  try {
    text = decodeURIComponent(payload)
  } catch {
    throw badRequest(`${at}: the data: URI is neither base64 nor valid percent-encoding.`, at)
  }
  return { mime, data: Buffer.from(text).toString('base64') }
}
