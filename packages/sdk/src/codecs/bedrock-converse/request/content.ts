import { badRequest, createError } from '../../../errors.ts'
import type { AudioPart, ContentPart, FilePart } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import { pick } from '../../anthropic-messages/request/context.ts'
import { decodeCachePoint, encodeCachePoint } from './cache-point.ts'
import type { Block, EncodeContext } from './context.ts'
import { decodeMedia, encodeAudio, encodeFile, encodeUrl } from './media.ts'

/** One content part → its block and, where it is marked, a cache point; nothing for an empty text. */
export function encodePart(part: ContentPart, at: string, context: EncodeContext): Block[] {
  const blocks = encodeBare(part, at, context)
  return blocks.length === 0
    ? blocks
    : [...blocks, ...encodeCachePoint(part.cache_control, 'prompt', at, context)]
}

function encodeBare(part: ContentPart, at: string, context: EncodeContext): Block[] {
  switch (part.type) {
    case 'text':
      return textBlock(part.text, `${at}.text`, context)
    case 'refusal':
      return textBlock(part.refusal, `${at}.refusal`, context)
    case 'guarded_text':
      return [{ guardContent: { text: { text: textOf(part.text), ...pick(part, ['qualifiers']) } } }]
    case 'image_url':
      return [encodeUrl(part.image_url, 'image', `${at}.image_url`, context)]
    case 'video_url':
      return [encodeUrl(part.video_url, 'video', `${at}.video_url`, context)]
    case 'file':
      return [encodeFile(part as FilePart, `${at}.file`, context)]
    case 'input_audio':
      return [encodeAudio(part as AudioPart, at, context)]
    case 'search_result':
      return [encodeSearchResult(part)]
    default:
      throw createError({
        kind: 'unsupported_params',
        message: `${at}: content of type "${part.type}" cannot be sent to this provider; send text, images, files or video.`,
        param: at,
      })
  }
}

/** A text block, or a warning and nothing when the text is blank. */
export function textBlock(text: unknown, at: string, { info }: EncodeContext): Block[] {
  if (text != null && typeof text !== 'string') throw badRequest(`${at}: must be a string.`, at)
  if (text != null && text.trim() !== '') return [{ text }]
  info.warn({ action: 'dropped', param: at, reason: 'this provider refuses blank text' })
  return []
}

/** Anthropic's search results: the same thing with other words. */
function encodeSearchResult(part: ContentPart): Block {
  const content = isJsonArray(part.content) ? part.content.filter(isJsonObject) : []
  return {
    searchResult: {
      ...pick(part, ['source', 'title', 'citations']),
      content: content.map(({ text }) => ({ text: textOf(text) })),
    },
  }
}

/** Blocks of a client's message → parts; a cache point is a mark on the part before it. */
export function decodeParts(blocks: readonly Block[], at: string): ContentPart[] {
  const parts: ContentPart[] = []
  for (const [index, block] of blocks.entries()) {
    const mark = decodeCachePoint(block)
    const last = parts.at(-1)
    if (mark === undefined) parts.push(decodePart(block, `${at}[${index}]`))
    else if (last) last.cache_control = mark
  }
  return parts
}

function decodePart(block: Block, at: string): ContentPart {
  if (typeof block.text === 'string') return { type: 'text', text: block.text }
  if (isJsonObject(block.json) || isJsonArray(block.json))
    return { type: 'text', text: JSON.stringify(block.json) }
  const guarded = isJsonObject(block.guardContent) ? block.guardContent : undefined
  if (isJsonObject(guarded?.text))
    return {
      type: 'guarded_text',
      text: textOf(guarded.text.text),
      ...pick(guarded.text, ['qualifiers']),
    }
  if (isJsonObject(block.searchResult))
    return { type: 'search_result', ...searchResultFields(block.searchResult) }
  const found = decodeMedia(block)
  if (found === undefined)
    throw badRequest(
      `${at}: must be a block of text, image, document, video, audio, toolUse, toolResult, reasoningContent, guardContent, searchResult or cachePoint.`,
      at,
    )
  const { kind, url, media } = found
  if (kind === 'image') return { type: 'image_url', image_url: { url } }
  if (kind === 'video') return { type: 'video_url', video_url: { url } }
  if (kind === 'audio')
    return {
      type: 'input_audio',
      input_audio: { data: url.slice(url.indexOf(',') + 1), format: textOf(media.format) },
    }
  const name = typeof media.name === 'string' ? { filename: media.name } : undefined
  const file = url.startsWith('s3://') ? { file_id: url, ...name } : { file_data: url, ...name }
  return { type: 'file', file, ...pick(media, ['citations', 'context']) }
}

function searchResultFields(result: JsonObject): JsonObject {
  const content = isJsonArray(result.content) ? result.content.filter(isJsonObject) : []
  return {
    ...pick(result, ['source', 'title', 'citations']),
    content: content.map(({ text }) => ({ type: 'text', text: textOf(text) })),
  }
}

/** The text that `parts` are, when they are nothing else. */
export function joinedText(parts: readonly ContentPart[]): string | undefined {
  const only = parts.length === 1 ? parts[0] : undefined
  return only?.type === 'text' && only.cache_control === undefined ? String(only.text) : undefined
}
