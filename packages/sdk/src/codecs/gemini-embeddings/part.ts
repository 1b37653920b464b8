import type { JsonObject } from '../../types/json.ts'
import { expectObject, expectString } from '../gemini/request/fields.ts'
import { mimeTypeOf } from '../gemini/request/media.ts'

/** A `data:` URI of a file, and nothing that a text would begin with. */
const FILE = /^data:([\w.+-]+\/[\w.+-]+);base64,/

/** A text, or a file (picture, recording, film, PDF) as a `data:` URI or in Google's storage (`gs://`), as a part of what is embedded. */
export function embeddedPart(text: string): JsonObject {
  const [head, mimeType] = FILE.exec(text) ?? []
  const stored = text.startsWith('gs://') ? mimeTypeOf(text) : undefined
  if (stored !== undefined) return { fileData: { mimeType: stored, fileUri: text } }
  return head === undefined ? { text } : { inlineData: { mimeType, data: text.slice(head.length) } }
}

/** The file of a part that holds one, as `embeddedPart` takes it. Google's clients write names either way. */
export function fileInPart(part: JsonObject, path: string): string | undefined {
  const inline = part.inlineData ?? part.inline_data
  if (inline !== undefined) {
    const { mimeType, mime_type: type = mimeType, data } = expectObject(inline, `${path}.inlineData`)
    const mime = expectString(type, `${path}.inlineData.mimeType`)
    return `data:${mime};base64,${expectString(data, `${path}.inlineData.data`)}`
  }
  const stored = part.fileData ?? part.file_data
  if (stored === undefined) return undefined
  const { fileUri, file_uri: uri = fileUri } = expectObject(stored, `${path}.fileData`)
  return expectString(uri, `${path}.fileData.fileUri`)
}
