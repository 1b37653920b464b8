import type { JsonObject } from '../../types/json.ts'
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
