import { badRequest, createError } from '../../../errors.ts'
import type { AudioPart, FilePart } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import { pick } from '../../anthropic-messages/request/context.ts'
import { isDataUri, parseDataUri } from '../../media/data-uri.ts'
import type { Block, EncodeContext } from './context.ts'

type Kind = 'image' | 'document' | 'video' | 'audio'

/**
 * Formats by kind, each with its MIME types, the usual one first.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
const FORMATS: Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>> = {
  image: {
    png: ['image/png'],
    jpeg: ['image/jpeg', 'image/jpg'],
    gif: ['image/gif'],
    webp: ['image/webp'],
  },
  document: {
    pdf: ['application/pdf'],
    csv: ['text/csv'],
    doc: ['application/msword'],
    docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    xls: ['application/vnd.ms-excel'],
    xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    html: ['text/html'],
    txt: ['text/plain', 'application/json', 'text/xml', 'application/xml'],
    md: ['text/markdown'],
  },
  video: {
    mp4: ['video/mp4'],
    mov: ['video/quicktime', 'video/mov'],
    mkv: ['video/x-matroska', 'video/mkv'],
    webm: ['video/webm'],
    flv: ['video/x-flv', 'video/flv'],
    mpeg: ['video/mpeg'],
    mpg: ['video/mpg'],
    wmv: ['video/x-ms-wmv', 'video/wmv'],
    three_gp: ['video/3gpp'],
  },
  audio: {
    wav: ['audio/wav', 'audio/x-wav'],
    mp3: ['audio/mpeg', 'audio/mp3'],
    flac: ['audio/flac'],
    ogg: ['audio/ogg'],
    opus: ['audio/opus'],
    aac: ['audio/aac'],
    m4a: ['audio/m4a', 'audio/x-m4a', 'audio/mp4'],
    webm: ['audio/webm'],
    pcm: ['audio/pcm'],
  },
}

const KINDS = Object.keys(FORMATS) as readonly Kind[]

interface Format {
  readonly kind: Kind
  readonly format: string
}

function formatOfMime(mime: string): Format | undefined {
  for (const kind of KINDS)
    for (const [format, mimes] of Object.entries(FORMATS[kind]))
      if (mimes.includes(mime)) return { kind, format }
  return undefined
}

function formatOfName(name: string, among: readonly Kind[] = KINDS): Format | undefined {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const format = extension === 'jpg' ? 'jpeg' : extension === '3gp' ? 'three_gp' : extension
  const kind = among.find(each => Object.hasOwn(FORMATS[each], format))
  return kind && { kind, format }
}

/** Models fetch nothing themselves: what lies on the web must be fetched for them. */
export function inlines(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('http://')
}

/** `image_url` and `video_url`: a `data:` URI or an `s3://` URI; a bare string is taken too. */
export function encodeUrl(
  given: unknown,
  kind: 'image' | 'video',
  at: string,
  context: EncodeContext,
): Block {
  const { url, detail, format } = isJsonObject(given)
    ? given
    : { url: given, detail: undefined, format: undefined }
  if (typeof url !== 'string' || url === '')
    throw badRequest(`${at}.url: must be a data: URI, an http(s) URL or an s3:// URI.`, `${at}.url`)
  if (detail != null && detail !== 'auto')
    context.info.warn({
      action: 'ignored',
      param: `${at}.detail`,
      reason: 'this provider has no image detail setting',
    })
  return encodeSource(url, { stated: format, kind, at, context })
}

interface SourceFacts {
  /** MIME type that the caller states. */
  readonly stated: unknown
  readonly kind?: Kind
  readonly filename?: unknown
  readonly extras?: JsonObject
  readonly at: string
  readonly context: EncodeContext
}

function encodeSource(url: string, facts: SourceFacts): Block {
  const { stated, at } = facts
  const mime = typeof stated === 'string' ? stated.toLowerCase() : undefined
  if (url.startsWith('s3://')) {
    const format = mime === undefined ? formatOfName(url, kindsOf(facts.kind)) : formatOfMime(mime)
    return block(format, { s3Location: { uri: url } }, facts, mime ?? url)
  }
  if (!isDataUri(url))
    throw badRequest(
      `${at}: this provider fetches nothing from the web; send a data: URI or an s3:// URI.`,
      at,
    )
  const inline = parseDataUri(url, at)
  const type = mime ?? inline.mime
  const named = typeof facts.filename === 'string' ? formatOfName(facts.filename) : undefined
  return block(formatOfMime(type) ?? named, { bytes: inline.data }, facts, type)
}

function kindsOf(kind: Kind | undefined): readonly Kind[] {
  return kind === undefined ? KINDS : [kind, ...KINDS]
}

function block(
  found: Format | undefined,
  source: JsonObject,
  { at, filename, extras, context }: SourceFacts,
  type: string,
): Block {
  if (found === undefined)
    throw createError({
      kind: 'unsupported_params',
      message: `${at}: files of type ${type} cannot be read by this provider. Send one of ${listOfFormats()}.`,
      param: at,
    })
  const { kind, format } = found
  if (kind !== 'document') return { [kind]: { format, source } }
  return { document: { format, name: documentName(filename, context), source, ...extras } }
}

function listOfFormats(): string {
  return KINDS.flatMap(kind => Object.keys(FORMATS[kind])).join(', ')
}

/**
 * A name AWS takes: letters, digits, single spaces, hyphens, parentheses and brackets, and no other document's in the
 * same request. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
function documentName(filename: unknown, { documents }: EncodeContext): string {
  const asked = typeof filename === 'string' ? filename : 'document'
  const stem = asked
    .replaceAll(/[^a-zA-Z0-9\s\-()[\]]/g, '-')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 190)
  let name = stem || 'document'
  for (let count = 2; documents.has(name); count++) name = `${stem} (${count})`
  documents.add(name)
  return name
}

/** A file in the request, at S3, or (once fetched) on the web. Ids of other vendors' file stores mean nothing here. */
export function encodeFile(part: FilePart, at: string, context: EncodeContext): Block {
  const file: unknown = part.file
  if (!isJsonObject(file))
    throw badRequest(`${at}: must be an object with file_data or an s3:// URI as file_id.`, at)
  const { file_id: id, file_data: data, filename, format } = file
  const facts = { stated: format, filename, extras: pick(part, ['citations', 'context']), at, context }
  if (typeof data === 'string')
    return encodeSource(
      isDataUri(data) || data.startsWith('s3://') ? data : `data:application/pdf;base64,${data}`,
      facts,
    )
  if (typeof id === 'string' && (id.startsWith('s3://') || isDataUri(id))) return encodeSource(id, facts)
  throw createError({
    kind: 'unsupported_params',
    message: `${at}: this provider has no file store; send file_data (a data: URI) or an s3:// URI as file_id.`,
    param: at,
  })
}

export function encodeAudio(part: AudioPart, at: string, { traits }: EncodeContext): Block {
  if (traits.reasoning === 'claude')
    throw createError({
      kind: 'unsupported_params',
      message: `${at}: audio cannot be heard by this model; send text, images or documents.`,
      param: at,
    })
  const { data, format } = part.input_audio
  return { audio: { format, source: { bytes: data } } }
}

/** A media block → the `url` that says the same; `undefined` for blocks of other kinds. */
export function decodeMedia(block: Block): { kind: Kind; url: string; media: JsonObject } | undefined {
  const kind = KINDS.find(each => isJsonObject(block[each]))
  if (kind === undefined) return undefined
  const media = block[kind] as JsonObject
  const source: JsonObject = isJsonObject(media.source) ? media.source : {}
  const location = isJsonObject(source.s3Location) ? source.s3Location.uri : undefined
  if (typeof location === 'string') return { kind, url: location, media }
  const format = typeof media.format === 'string' ? media.format : 'txt'
  const mime = FORMATS[kind][format]?.[0] ?? `${kind === 'document' ? 'application' : kind}/${format}`
  const data =
    typeof source.text === 'string' ? Buffer.from(source.text).toString('base64') : textOf(source.bytes)
  return { kind, url: `data:${mime};base64,${data}`, media }
}
