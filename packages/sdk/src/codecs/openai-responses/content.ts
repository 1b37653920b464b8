import { badRequest } from '../../errors.ts'
import type { ContentPart } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** What a caller says, part by part. */
export function encodeContent(content: unknown, at: string, info: CallInfo): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'input_text', text: content }]
  if (!Array.isArray(content)) return []
  return content.flatMap((part: unknown, index) =>
    isJsonObject(part) ? [encodePart(part as ContentPart, `${at}[${index}]`, info)] : [],
  )
}

function encodePart(part: ContentPart, at: string, info: CallInfo): JsonObject {
  if (part.cache_control)
    info.warn({ action: 'dropped', param: `${at}.cache_control`, reason: 'this provider caches by itself' })
  const { cache_control: _, ...rest } = part as JsonObject
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image_url':
      return encodeImage(rest.image_url)
    case 'file':
      return encodeFile(rest.file, at)
    case 'input_audio':
    case 'input_text':
    case 'input_image':
    case 'input_file':
      return rest
    default:
      throw badRequest(
        `${at}: a part of type "${part.type}" cannot be sent to this provider. Send text, image_url, file or input_audio.`,
        at,
      )
  }
}

function encodeImage(image: unknown): JsonObject {
  if (!isJsonObject(image)) return { type: 'input_image', image_url: image, detail: 'auto' }
  return { type: 'input_image', image_url: image.url, detail: image.detail ?? 'auto' }
}

function encodeFile(file: unknown, at: string): JsonObject {
  if (!isJsonObject(file)) throw badRequest(`${at}.file: must be an object.`, `${at}.file`)
  const { file_id: id, file_data: data, filename } = file
  const named = typeof filename === 'string' && { filename }
  const address = [id, data].find(value => typeof value === 'string' && /^https?:\/\//.test(value))
  if (address !== undefined) return { type: 'input_file', file_url: address }
  if (typeof id === 'string') return { type: 'input_file', file_id: id }
  if (typeof data === 'string') return { type: 'input_file', filename: 'file', ...named, file_data: data }
  throw badRequest(`${at}.file: needs file_id or file_data.`, `${at}.file`)
}
