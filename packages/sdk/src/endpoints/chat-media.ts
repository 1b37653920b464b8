import type { ChatRequest } from '../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../types/json.ts'

/** What stands at a URL afterwards; the same object when nothing changes. */
type Replace = (url: string) => string

/** Every URL of an image, video or file in the messages, in order; `data:` URIs among them. */
export function chatMediaUrls(request: ChatRequest): string[] {
  const urls: string[] = []
  mapChatMedia(request, url => {
    urls.push(url)
    return url
  })
  return urls
}

/** The same request with its media elsewhere. */
export function mapChatMedia(request: ChatRequest, replace: Replace): ChatRequest {
  const messages = request.messages.map(message => {
    if (!isJsonArray(message.content)) return message
    const content = message.content.map(part => (isJsonObject(part) ? mapPart(part, replace) : part))
    return { ...message, content }
  })
  return { ...request, messages } as ChatRequest
}

function mapPart(part: JsonObject, replace: Replace): JsonObject {
  switch (part.type) {
    case 'image_url':
    case 'video_url':
      return { ...part, [part.type]: mapUrl(part[part.type], replace) }
    case 'file':
      return isJsonObject(part.file) ? { ...part, file: mapFile(part.file, replace) } : part
    default:
      return part
  }
}

/** A bare URL, or an object that holds it. */
function mapUrl(value: unknown, replace: Replace): unknown {
  if (typeof value === 'string') return replace(value)
  if (isJsonObject(value) && typeof value.url === 'string') return { ...value, url: replace(value.url) }
  return value
}

/** LiteLLM's callers put a file's URL where OpenAI has its id. */
function mapFile(file: JsonObject, replace: Replace): JsonObject {
  const { file_id: id, file_data: data } = file
  if (typeof data === 'string') return { ...file, file_data: replace(data) }
  if (typeof id !== 'string' || !/^(https?|data):/.test(id)) return file
  const url = replace(id)
  if (url === id) return file
  const { file_id: _, ...rest } = file
  return { ...rest, file_data: url }
}
