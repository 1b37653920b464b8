import { MIMEType } from 'node:util'
import { badRequest, createError, type FormField, WireForm } from 'sluice/internal'

/** True for the media type of forms with files, whatever its parameters. */
export function isForm(contentType: string | undefined): contentType is string {
  return contentType !== undefined && /^multipart\/form-data\s*(;|$)/i.test(contentType.trim())
}

/** A `multipart/form-data` body as its fields. Rejects with `BadRequestError` when it is damaged. */
export async function readForm(bytes: Buffer, contentType: string): Promise<WireForm> {
  const form = await parse(bytes, contentType)
  const fields: FormField[] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      fields.push([name, value])
      continue
    }
    const file = {
      filename: value.name,
      contentType: value.type || 'application/octet-stream',
      bytes: Buffer.from(await value.arrayBuffer()),
    }
    fields.push([name, file])
  }
  return new WireForm(fields)
}

async function parse(bytes: Buffer, contentType: string): Promise<FormData> {
  checkParts(bytes, boundaryOf(contentType))
  try {
    return await new Response(bytes as Buffer<ArrayBuffer>, {
      headers: { 'content-type': contentType },
    }).formData()
  } catch (cause) {
    throw createError({
      kind: 'bad_request',
      message:
        'The request body is not a valid multipart/form-data body: each part needs a name, and the last boundary ends ' +
        'with "--".',
      cause,
    })
  }
}

function boundaryOf(contentType: string): string {
  let boundary: string | null = null
  try {
    boundary = new MIMEType(contentType).params.get('boundary')
  } catch {
    // Told below.
  }
  if (boundary) return boundary
  throw badRequest(
    'content-type: multipart/form-data needs its boundary. Leave the header to your HTTP client, which knows it.',
    'content-type',
  )
}

const MOST_PARTS = 500
/** Bytes of one part's headers. */
const LONGEST_HEAD = 2 * 1024
const DASHES = Buffer.from('--')

/** What the parser below would take seconds for, and everybody else's calls with it, is refused at a glance. */
function checkParts(bytes: Buffer, boundary: string): void {
  const delimiter = Buffer.from(`--${boundary}`)
  let parts = 0
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (++parts > MOST_PARTS + 1)
      throw badRequest(`The form has more than ${MOST_PARTS} parts. Send fewer fields.`)
    const head = bytes.subarray(at + delimiter.length, at + delimiter.length + LONGEST_HEAD)
    const isLast = head.subarray(0, 2).equals(DASHES)
    if (!isLast && head.length === LONGEST_HEAD && !head.includes('\r\n\r\n'))
      throw badRequest(`The headers of part ${parts} of the form have more than ${LONGEST_HEAD} bytes.`)
  }
}
