import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import { isDataUri, parseDataUri } from '../media/data-uri.ts'
import type { PromptText } from '../prompts/prompt-text.ts'
import { wholePrompt } from '../prompts/prompt-text.ts'

/** A prompt as the parts of an agent's message: its text, then its images. */
export function encodeParts(prompt: PromptText): JsonObject[] {
  const text = wholePrompt(prompt)
  return [
    ...(text === '' && prompt.images.length > 0 ? [] : [{ kind: 'text', text }]),
    ...prompt.images.map(url => ({ kind: 'file', file: fileOf(url) })),
  ]
}

function fileOf(url: string): JsonObject {
  if (!isDataUri(url)) return { uri: url }
  const { mime, data } = parseDataUri(url, 'messages')
  return { mimeType: mime, bytes: data }
}

/** What the parts say: texts as they are, data as JSON. Both versions of the protocol are read. */
export function textOfParts(parts: unknown): string {
  const given = isJsonArray(parts) ? parts.filter(isJsonObject) : []
  return given.map(part => (isJsonObject(part.data) ? JSON.stringify(part.data) : textOf(part.text))).join('')
}

/** Files an agent made, which OpenAI's shape has no place for in a text. */
export function filesOfParts(parts: unknown): JsonObject[] {
  return isJsonArray(parts)
    ? parts.filter(isJsonObject).flatMap(({ file }) => (isJsonObject(file) ? [file] : []))
    : []
}
