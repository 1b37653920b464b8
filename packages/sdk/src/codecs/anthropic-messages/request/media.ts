import { badRequest, createError } from '../../../errors.ts'
import type { ContentPart, FilePart, ImagePart } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import { type Block, type EncodeContext, pick } from './context.ts'
import { BLOCK_FEATURES } from './features.ts'

/** Fields of Anthropic's blocks that OpenAI's parts have no word for; carried on the part under the same name. */
const IMAGE_EXTRAS = ['transformations']
const DOCUMENT_EXTRAS = ['citations', 'context']
const TEXT_EXTRAS = ['citations']

/**
 * One content part → one block; `undefined` when it says nothing (an empty text, which Anthropic refuses).
 * Throws `UnsupportedParamsError` for audio, video and files Claude cannot read.
 * Source: https://platform.claude.com/docs/en/build-with-claude/vision
 */
export function encodePart(part: ContentPart, at: string, context: EncodeContext): Block | undefined {
  const block = encodeBare(part, at, context)
  return block && part.cache_control ? { ...block, cache_control: part.cache_control } : block
}

function encodeBare(part: ContentPart, at: string, context: EncodeContext): Block | undefined {
  switch (part.type) {
    case 'text':
      return textBlock(readText(part.text, `${at}.text`), at, context, pick(part, TEXT_EXTRAS))
    case 'refusal':
      return textBlock(readText(part.refusal, `${at}.refusal`), at, context)
    case 'image_url':
      return encodeImage(part as ImagePart, at, context)
    case 'file':
      return encodeFile(part as FilePart, at, context)
    case 'input_audio':
    case 'video_url':
      throw createError({
        kind: 'unsupported_params',
        message: `${at}: content of type "${part.type}" cannot be read by this model; send text, images or documents.`,
        param: at,
      })
    default: {
      const feature = Object.hasOwn(BLOCK_FEATURES, part.type) ? BLOCK_FEATURES[part.type] : undefined
      if (feature) context.features.add(feature)
      return part as Block
    }
  }
}

function readText(value: unknown, at: string): string {
  if (value != null && typeof value !== 'string') throw badRequest(`${at}: must be a string.`, at)
  return textOf(value)
}

/** A text block, or a warning and nothing when the text is blank. */
export function textBlock(
  text: string,
  at: string,
  context: EncodeContext,
  extras?: JsonObject,
): Block | undefined {
  if (text.trim() !== '') return { type: 'text', text, ...extras }
  context.info.warn({ action: 'dropped', param: at, reason: 'Anthropic refuses empty text' })
  return undefined
}

function encodeImage(part: ImagePart, at: string, context: EncodeContext): Block {
  const image: unknown = part.image_url
  const { url, detail, format } = isJsonObject(image)
    ? image
    : { url: image, detail: undefined, format: undefined }
  if (typeof url !== 'string' || url === '')
    throw badRequest(`${at}.image_url.url: must be an http(s) URL or a data: URI.`, `${at}.image_url.url`)
  if (detail != null && detail !== 'auto')
    context.info.warn({
      action: 'ignored',
      param: `${at}.image_url.detail`,
      reason: 'Anthropic has no image detail setting',
    })
  const extras = pick(part, IMAGE_EXTRAS)
  if (!isDataUri(url)) return { type: 'image', source: { type: 'url', url }, ...extras }
  const { mime, data } = parseDataUri(url, `${at}.image_url.url`)
  return inlineBlock(typeof format === 'string' ? format : mime, data, at, extras)
}

function encodeFile(part: FilePart, at: string, context: EncodeContext): Block {
  const file: unknown = part.file
  if (!isJsonObject(file))
    throw badRequest(`${at}.file: must be an object with file_id or file_data.`, `${at}.file`)
  const { file_id: id, file_data: data, format } = file
  const mime = typeof format === 'string' ? format : undefined
  const title = typeof file.filename === 'string' ? { title: file.filename } : undefined
  const extras = { ...title, ...pick(part, DOCUMENT_EXTRAS) }
  if (typeof data === 'string') {
    const inline = isDataUri(data)
      ? parseDataUri(data, `${at}.file.file_data`)
      : { mime: 'application/pdf', data }
    return inlineBlock(mime ?? inline.mime, inline.data, at, extras)
  }
  if (typeof id !== 'string' || id === '')
    throw badRequest(`${at}.file: needs file_data (a data: URI or base64) or file_id.`, `${at}.file`)
  const isImage = mime?.startsWith('image/')
  if (id.startsWith('https://') || id.startsWith('http://'))
    return {
      type: isImage ? 'image' : 'document',
      source: { type: 'url', url: id },
      ...(isImage ? undefined : extras),
    }
  context.features.add('files')
  return {
    type: isImage ? 'image' : 'document',
    source: { type: 'file', file_id: id },
    ...(isImage ? undefined : extras),
  }
}

/** Inline bytes as the block their MIME type calls for. */
function inlineBlock(mime: string, data: string, at: string, extras: JsonObject): Block {
  if (mime.startsWith('image/')) {
    const { transformations } = extras
    return {
      type: 'image',
      source: { type: 'base64', media_type: mime, data },
      ...(transformations != null && { transformations }),
    }
  }
  if (mime === 'application/pdf')
    return { type: 'document', source: { type: 'base64', media_type: mime, data }, ...extras }
  if (mime.startsWith('text/') || mime === 'application/json') {
    const text = Buffer.from(data, 'base64').toString('utf8')
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...extras }
  }
  throw createError({
    kind: 'unsupported_params',
    message: `${at}: files of type ${mime} cannot be read by this model; send images, PDF or plain text.`,
    param: at,
  })
}

/** A user's block → a content part. Kinds the hub has no word for are carried as they are. */
export function decodePart(block: Block): ContentPart {
  const part = decodeBare(block)
  return isJsonObject(block.cache_control) && part !== (block as ContentPart)
    ? ({ ...part, cache_control: block.cache_control } as ContentPart)
    : part
}

function decodeBare(block: Block): ContentPart {
  const source = isJsonObject(block.source) ? block.source : undefined
  switch (block.type) {
    case 'text':
      return { type: 'text', text: String(block.text), ...pick(block, TEXT_EXTRAS) }
    case 'image':
      if (source?.type === 'base64')
        return {
          type: 'image_url',
          image_url: { url: dataUriOf(source) },
          ...pick(block, IMAGE_EXTRAS),
        }
      if (source?.type === 'url')
        return {
          type: 'image_url',
          image_url: { url: String(source.url) },
          ...pick(block, IMAGE_EXTRAS),
        }
      if (source?.type === 'file')
        return { type: 'file', file: { file_id: String(source.file_id), format: 'image/*' } }
      return block as ContentPart
    case 'document':
      return decodeDocument(block, source)
    default:
      return block as ContentPart
  }
}

function decodeDocument(block: Block, source: JsonObject | undefined): ContentPart {
  const file = decodeSource(source)
  if (file === undefined) return block as ContentPart
  return {
    type: 'file',
    file: { ...file, ...(typeof block.title === 'string' && { filename: block.title }) },
    ...pick(block, DOCUMENT_EXTRAS),
  }
}

function decodeSource(source: JsonObject | undefined): FilePart['file'] | undefined {
  switch (source?.type) {
    case 'base64':
      return { file_data: dataUriOf(source) }
    case 'text':
      return {
        file_data: `data:text/plain;base64,${Buffer.from(String(source.data)).toString('base64')}`,
      }
    case 'url':
      return { file_id: String(source.url) }
    case 'file':
      return { file_id: String(source.file_id) }
    default:
      return undefined
  }
}

function dataUriOf(source: JsonObject): string {
  return `data:${textOf(source.media_type)};base64,${textOf(source.data)}`
}

function isDataUri(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 'data:'
}

/** RFC 2397: `data:[<mime>][;<param>…][;base64],<data>`; the data comes back as base64. */
function parseDataUri(uri: string, at: string): { mime: string; data: string } {
  const comma = uri.indexOf(',')
  if (comma < 0) throw badRequest(`${at}: this data: URI has no data; write data:<type>;base64,<data>.`, at)
  const [type, ...params] = uri.slice(5, comma).split(';')
  const payload = uri.slice(comma + 1)
  const mime = type || 'text/plain'
  if (params.includes('base64')) return { mime, data: payload }
  let text: string
  try {
    text = decodeURIComponent(payload)
  } catch {
    throw badRequest(`${at}: the data: URI is neither base64 nor valid percent-encoding.`, at)
  }
  return { mime, data: Buffer.from(text).toString('base64') }
}
