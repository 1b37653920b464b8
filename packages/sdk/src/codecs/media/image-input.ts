import { badRequest } from '../../errors.ts'
import type { ImageInput } from '../../types/image-edit.ts'
import type { UploadedFile } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { type InlineData, isDataUri, parseDataUri } from './data-uri.ts'

/** A picture as a file to upload. Throws `BadRequestError` for an address that was not fetched. */
export function fileOf(input: ImageInput, param: string): UploadedFile {
  if (typeof input !== 'string') return input
  const { mime, data } = partsOf(input, param)
  const filename = `${param.replaceAll(/\W/g, '_')}.${extensionOf(mime)}`
  return { filename, contentType: mime, bytes: Buffer.from(data, 'base64') }
}

/** The first of the pictures, for providers that edit one at a time; a receipt for each of the others. */
export function onlyPicture(
  [first, ...others]: readonly ImageInput[],
  { warn }: Pick<CallInfo, 'warn'>,
): ImageInput {
  if (first === undefined) throw badRequest('image: must hold a picture.', 'image')
  for (const index of others.keys())
    warn({
      action: 'dropped',
      param: `image[${index + 1}]`,
      reason: 'this provider edits one image at a time; the first is taken',
    })
  return first
}

/** A picture as bare base64. Throws as `fileOf`. */
export function base64Of(input: ImageInput, param: string): string {
  return typeof input === 'string' ? partsOf(input, param).data : input.bytes.toString('base64')
}

/** A picture as an address: its own, or a `data:` URI of its bytes. */
export function addressOf(input: ImageInput): string {
  if (typeof input === 'string') return input
  return dataUriOf(input)
}

/** An upload as a `data:` URI. */
export function dataUriOf({ contentType, bytes }: UploadedFile): string {
  const type = contentType.split(';')[0]?.trim() || 'application/octet-stream'
  return `data:${type};base64,${bytes.toString('base64')}`
}

function partsOf(uri: string, param: string): InlineData {
  if (isDataUri(uri)) return parseDataUri(uri, param)
  throw badRequest(`${param}: must be an uploaded file or a data: URI.`, param)
}

function extensionOf(mimeType: string): string {
  const subtype = mimeType.slice(mimeType.indexOf('/') + 1)
  return subtype === 'svg+xml' ? 'svg' : subtype
}
