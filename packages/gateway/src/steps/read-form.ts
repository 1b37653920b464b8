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
  if (!/;\s*boundary=/i.test(contentType))
    throw badRequest(
      'content-type: multipart/form-data needs its boundary. Leave the header to your HTTP client, which knows it.',
      'content-type',
    )
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
