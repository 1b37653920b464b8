import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { OcrDocument, OcrRequest, OcrResponse } from '../../types/ocr.ts'
import { type UploadedFile, WireForm } from '../../types/wire-body.ts'
import type { CallInfo, Codec, InboundInfo } from '../codec.ts'
import { formObject, isUploadedFile } from '../form-object.ts'
import { dataUriOf } from '../media/image-input.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { stated } from '../openai-images/options.ts'

/** How a host of Mistral's OCR differs from Mistral. */
export interface MistralOcrOptions {
  /** True for hosts that fetch nothing themselves. */
  readonly inlines?: boolean
}

/** Source: https://docs.mistral.ai/api/endpoint/ocr */
export function mistralOcrWith({ inlines }: MistralOcrOptions): Codec<'ocr'> {
  return {
    endpoint: 'ocr',
    format: 'mistral-ocr',
    framing: 'sse',
    upstream: {
      params: new Set([
        'bbox_annotation_format',
        'document_annotation_format',
        'image_limit',
        'image_min_size',
        'include_image_base64',
        'pages',
      ]),
      ...(inlines && { inlines: () => true }),
      encodeRequest: (request, info) => ({
        body: { ...stated(request), model: info.model, document: addressed(request.document) },
      }),
      decodeResponse,
      decodeError,
    },
    inbound: { takesForms: true, decodeRequest, encodeResponse: response => response, encodeError },
  }
}

export const mistralOcr = mistralOcrWith({})

function decodeResponse(body: unknown, info: CallInfo): OcrResponse {
  if (!isJsonObject(body) || !Array.isArray(body.pages))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an OCR request without "pages".',
      provider: info.deployment.provider,
      model: info.model,
    })
  return { ...body, object: 'ocr', model: body.model ?? info.model } as OcrResponse
}

const KINDS = {
  numbers: ['image_limit', 'image_min_size'],
  flags: ['include_image_base64'],
  json: ['pages', 'document', 'bbox_annotation_format', 'document_annotation_format'],
} as const

/** JSON with a `document`, or a form with a `file` and the other fields. */
function decodeRequest(given: unknown, info: InboundInfo): OcrRequest {
  const body = given instanceof WireForm ? formObject(given, KINDS) : given
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object or a multipart form.')
  const { file, ...rest } = body
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  checkPages(body.pages)
  const document = isUploadedFile(file) ? { type: 'file' as const, file } : body.document
  return { ...rest, model, document: addressed(checkDocument(document)) }
}

function checkPages(pages: unknown): void {
  const isList = Array.isArray(pages) && pages.every(page => Number.isInteger(page) && (page as number) >= 0)
  if (pages == null || isList) return
  throw badRequest('pages: must be an array of whole numbers, counted from 0, such as [0, 1].', 'pages')
}

function checkDocument(document: unknown): OcrDocument {
  if (!isJsonObject(document))
    throw badRequest(
      'document: must be an object such as { "type": "document_url", "document_url": "https://…" }, or upload a file.',
      'document',
    )
  const { type } = document
  if (type === 'document_url' && isAddress(document.document_url)) return document as OcrDocument
  if (type === 'image_url' && isAddress(imageAddress(document))) return document as OcrDocument
  if (type === 'file' && isUploadedFile(document.file)) return document as OcrDocument
  if (type === 'file' && typeof document.file === 'string') return fromBase64(document, document.file)
  if (type !== 'document_url' && type !== 'image_url' && type !== 'file')
    throw badRequest('document.type: must be "document_url", "image_url" or "file".', 'document.type')
  throw badRequest(`document.${type}: must be an http(s) URL or a data: URI.`, `document.${type}`)
}

function imageAddress({ image_url: image }: JsonObject): unknown {
  return isJsonObject(image) ? image.url : image
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^(https?:\/\/|data:)/.test(value)
}

/** LiteLLM's `{ type: 'file', file: base64, mime_type }`. */
function fromBase64({ mime_type: type }: JsonObject, base64: string): OcrDocument {
  if (base64.startsWith('data:')) return addressAs(base64)
  const contentType = typeof type === 'string' && type !== '' ? type : 'application/pdf'
  return addressAs(`data:${contentType};base64,${base64}`)
}

/** A document by its address, uploads as `data:` URIs. */
export function addressed(document: OcrDocument): Exclude<OcrDocument, { type: 'file' }> {
  return document.type === 'file' ? addressAs(dataUriOf(document.file as UploadedFile)) : document
}

function addressAs(url: string): Exclude<OcrDocument, { type: 'file' }> {
  return url.startsWith('data:image/')
    ? { type: 'image_url', image_url: url }
    : { type: 'document_url', document_url: url }
}

/** The document's address, whatever kind it is. */
export function documentUrl(document: OcrDocument): string {
  const by = addressed(document)
  if (by.type === 'document_url') return by.document_url
  return typeof by.image_url === 'string' ? by.image_url : by.image_url.url
}
