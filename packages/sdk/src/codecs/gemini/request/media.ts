import { badRequest } from '../../../errors.ts'
import type { ContentPart } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { expectObject, expectString, fieldNames, readFields } from './fields.ts'
import { isGemini3 } from './model-family.ts'

/** Where files uploaded to Google live; `files/abc` is relative to it. */
export const FILES_BASE = 'https://generativelanguage.googleapis.com/v1beta/'
const BLOB_FIELDS = fieldNames('mimeType', 'data', 'fileUri', 'displayName')

/** Extension → MIME type. Source: https://ai.google.dev/gemini-api/docs/file-input-methods#supported-content-types */
const MIME_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['bmp', 'image/bmp'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['html', 'text/html'],
  ['csv', 'text/csv'],
  ['xml', 'text/xml'],
  ['json', 'application/json'],
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mp3'],
  ['aac', 'audio/aac'],
  ['ogg', 'audio/ogg'],
  ['flac', 'audio/flac'],
  ['aiff', 'audio/aiff'],
  ['m4a', 'audio/m4a'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/mov'],
  ['mpeg', 'video/mpeg'],
  ['mpg', 'video/mpg'],
  ['avi', 'video/avi'],
  ['webm', 'video/webm'],
  ['wmv', 'video/wmv'],
  ['flv', 'video/x-flv'],
  ['3gpp', 'video/3gpp'],
])
/** OpenAI's `detail` → `mediaResolution.level`, which Gemini 3 takes per part. */
const RESOLUTIONS: ReadonlyMap<string, string> = new Map([
  ['low', 'MEDIA_RESOLUTION_LOW'],
  ['medium', 'MEDIA_RESOLUTION_MEDIUM'],
  ['high', 'MEDIA_RESOLUTION_HIGH'],
  ['ultra_high', 'MEDIA_RESOLUTION_ULTRA_HIGH'],
])

export function dataUri(mimeType: string, data: string): string {
  return `data:${mimeType};base64,${data}`
}

/** The media part of a hub content part; `undefined` for kinds that are no media. Throws for what Gemini cannot take. */
export function encodeMedia(part: ContentPart, path: string, info: CallInfo): JsonObject | undefined {
  switch (part.type) {
    case 'image_url':
    case 'video_url': {
      const key = part.type
      const given: unknown = part[key]
      const image: JsonObject =
        typeof given === 'string' ? { url: given } : expectObject(given, `${path}.${key}`)
      const at = `${path}.${key}.url`
      return {
        ...encodeUrl(expectString(image.url, at), nonEmptyString(image.format), at),
        ...encodeResolution(image, `${path}.${key}`, info),
      }
    }
    case 'input_audio': {
      const audio = expectObject(part.input_audio, `${path}.input_audio`)
      const data = expectString(audio.data, `${path}.input_audio.data`)
      if (data.startsWith('data:')) return encodeUrl(data, undefined, `${path}.input_audio.data`)
      return { inlineData: { mimeType: audioType(nonEmptyString(audio.format) ?? 'wav'), data } }
    }
    case 'file':
      return encodeFile(expectObject(part.file, `${path}.file`), `${path}.file`, info)
    case 'document':
      return encodeDocument(part, path)
    default:
      return undefined
  }
}

function encodeFile(file: JsonObject, path: string, info: CallInfo): JsonObject {
  const format = nonEmptyString(file.format) ?? mimeTypeOf(nonEmptyString(file.filename) ?? '')
  const extras = encodeResolution(file, path, info)
  const data = nonEmptyString(file.file_data)
  if (data?.startsWith('data:')) return { ...encodeUrl(data, undefined, `${path}.file_data`), ...extras }
  if (data !== undefined) {
    if (format === undefined)
      throw badRequest(
        `${path}.format: bare base64 needs a MIME type. Set format (for example application/pdf), or send file_data as a data: URI.`,
        `${path}.format`,
      )
    return { inlineData: { mimeType: format, data }, ...extras }
  }
  const id = expectString(file.file_id, `${path}.file_id`)
  const url = id.startsWith('files/') ? FILES_BASE + id : id
  if (!url.includes('://'))
    throw badRequest(
      `${path}.file_id: "${id}" is no file of this provider. Send files/…, an https:// or gs:// URI, or the file itself as file_data.`,
      `${path}.file_id`,
    )
  return { ...encodeUrl(url, format, `${path}.file_id`), ...extras }
}

/** Anthropic's document part. Source: https://platform.claude.com/docs/en/build-with-claude/pdf-support */
function encodeDocument(part: JsonObject, path: string): JsonObject {
  const source = expectObject(part.source, `${path}.source`)
  switch (source.type) {
    case 'text':
      return { text: expectString(source.data, `${path}.source.data`) }
    case 'base64':
      return {
        inlineData: {
          mimeType: nonEmptyString(source.media_type) ?? 'application/pdf',
          data: expectString(source.data, `${path}.source.data`),
        },
      }
    case 'url':
      return encodeUrl(
        expectString(source.url, `${path}.source.url`),
        'application/pdf',
        `${path}.source.url`,
      )
    default:
      throw badRequest(
        `${path}.source.type: must be "text", "base64" or "url" for this provider.`,
        `${path}.source.type`,
      )
  }
}

/**
 * A `data:` URI becomes bytes; `gs://` and `https://` URIs are fetched by Google itself.
 * Source: https://ai.google.dev/gemini-api/docs/file-input-methods
 */
function encodeUrl(url: string, format: string | undefined, path: string): JsonObject {
  if (url.startsWith('data:')) return { inlineData: parseDataUri(url, format, path) }
  if (url.startsWith('https://') || url.startsWith('gs://')) {
    const mimeType = format ?? mimeTypeOf(url)
    return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri: url } }
  }
  throw badRequest(
    `${path}: Gemini fetches https:// and gs:// URIs only. Send such a URI, or the content as a data: URI.`,
    path,
  )
}

function parseDataUri(uri: string, format: string | undefined, path: string): JsonObject {
  const comma = uri.indexOf(',')
  if (comma === -1) throw badRequest(`${path}: a data: URI needs a comma before its data.`, path)
  const head = uri.slice(5, comma)
  const isBase64 = head.endsWith(';base64')
  const mimeType = format ?? ((isBase64 ? head.slice(0, -7) : head) || 'text/plain')
  const rest = uri.slice(comma + 1)
  if (isBase64) return { mimeType, data: rest }
  try {
    return { mimeType, data: Buffer.from(decodeURIComponent(rest)).toString('base64') }
  } catch {
    throw badRequest(`${path}: the data: URI is neither base64 nor percent-encoded.`, path)
  }
}

/** `detail`, `video_metadata` and `media_resolution` of a media object, as Gemini's part fields. */
function encodeResolution(media: JsonObject, path: string, info: CallInfo): JsonObject {
  const extras: JsonObject = {}
  const video = media.videoMetadata ?? media.video_metadata
  if (video !== undefined) extras.videoMetadata = video
  const resolution = media.mediaResolution ?? media.media_resolution
  if (resolution !== undefined) extras.mediaResolution = resolution
  const level = RESOLUTIONS.get(nonEmptyString(media.detail) ?? '')
  if (level === undefined || resolution !== undefined) return extras
  if (isGemini3(info.model)) extras.mediaResolution = { level }
  else
    info.warn({
      action: 'dropped',
      param: `${path}.detail`,
      reason: 'models before Gemini 3 take one mediaResolution for all media',
    })
  return extras
}

/** The hub part of an `inlineData` or `fileData` part. Throws `BadRequestError` for incomplete ones. */
export function decodeMedia(part: JsonObject, path: string): ContentPart {
  const extras = {
    ...(part.videoMetadata !== undefined && { videoMetadata: part.videoMetadata }),
    ...(part.mediaResolution !== undefined && { mediaResolution: part.mediaResolution }),
  }
  if (part.inlineData !== undefined) {
    const blob = readFields(expectObject(part.inlineData, `${path}.inlineData`), BLOB_FIELDS)
    const mimeType = expectString(blob.mimeType, `${path}.inlineData.mimeType`)
    const data = expectString(blob.data, `${path}.inlineData.data`)
    const format = AUDIO_FORMATS.get(mimeType)
    if (format !== undefined) return { type: 'input_audio', input_audio: { data, format } }
    const uri = dataUri(mimeType, data)
    return mimeType.startsWith('image/')
      ? { type: 'image_url', image_url: { url: uri, ...extras } }
      : { type: 'file', file: { file_data: uri, ...extras } }
  }
  const file = readFields(expectObject(part.fileData, `${path}.fileData`), BLOB_FIELDS)
  const uri = expectString(file.fileUri, `${path}.fileData.fileUri`)
  const format = nonEmptyString(file.mimeType)
  const stated = format === undefined ? {} : { format }
  return format?.startsWith('image/')
    ? { type: 'image_url', image_url: { url: uri, ...stated, ...extras } }
    : { type: 'file', file: { file_id: uri, ...stated, ...extras } }
}

/** The two formats OpenAI knows for audio input. */
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/mpeg', 'mp3'],
])

function audioType(format: string): string {
  return format.includes('/') ? format : `audio/${format}`
}

/** The MIME type that a file name or URL says, where it says one Gemini takes. */
export function mimeTypeOf(name: string): string | undefined {
  const path = name.split(/[?#]/, 1)[0] ?? ''
  return MIME_TYPES.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
}

function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The `mimeType` and `data` of an inline blob on a reply; `undefined` when it is none. */
export function inlineBlob(value: unknown): { mimeType: string; data: string } | undefined {
  if (!isJsonObject(value) || typeof value.data !== 'string') return undefined
  return { mimeType: nonEmptyString(value.mimeType) ?? 'application/octet-stream', data: value.data }
}
