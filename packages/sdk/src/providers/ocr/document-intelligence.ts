import type { CallInfo, Codec, FollowUp, WireReply, WireRequest } from '../../codecs/codec.ts'
import { parseDataUri } from '../../codecs/media/data-uri.ts'
import { documentUrl } from '../../codecs/mistral-ocr/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { OcrPage, OcrRequest, OcrResponse } from '../../types/ocr.ts'
import type { Binding } from '../provider.ts'

const POLL_MS = 1_000
const FIRST_POLL_MS = 250
const DEFAULT_API_VERSION = '2024-11-30'
const PREFIX = 'doc-intelligence/'

/** True for `doc-intelligence/prebuilt-layout` and its like. */
export function isDocumentIntelligence(model: string): boolean {
  return model.startsWith(PREFIX)
}

/** Pixels per inch that LiteLLM and the service assume. */
const DPI = 96

/** Source: https://learn.microsoft.com/rest/api/aiservices/document-models/analyze-document */
function encodeRequest(request: OcrRequest, { model, deployment }: CallInfo): WireRequest {
  const url = documentUrl(request.document)
  const source = url.startsWith('data:')
    ? { base64Source: parseDataUri(url, 'document').data }
    : { urlSource: url }
  // The service counts pages from 1.
  const pages = request.pages?.map(page => page + 1).join(',')
  return {
    path: `/documentintelligence/documentModels/${encodeURIComponent(model)}:analyze`,
    query: {
      'api-version': deployment.apiVersion ?? DEFAULT_API_VERSION,
      outputContentFormat: 'markdown',
      ...(pages && { pages }),
    },
    body: source,
  }
}

/** The first answer has no body; it says in a header where the job is. */
function follow(
  { headers, body }: WireReply,
  _request: unknown,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  const job = headers['operation-location']
  const state = isJsonObject(body) ? textOf(body.status) : ''
  if (state === 'failed' || state === 'canceled') throw failed(body as JsonObject, info)
  if (state === 'succeeded') return undefined
  const url = step === 0 ? job : asked
  if (url === undefined) throw failed({}, info)
  return { method: 'GET', url, afterMs: step === 0 ? FIRST_POLL_MS : POLL_MS }
}

function failed({ error }: JsonObject, info: CallInfo) {
  const { message } = isJsonObject(error) ? error : {}
  return createError({
    kind: 'bad_gateway',
    message: `The analysis failed: ${textOf(message) || 'no reason given'}`,
    retryable: false,
    provider: info.deployment.provider,
    model: info.model,
  })
}

function decodeResponse(body: unknown, info: CallInfo): OcrResponse {
  const result = isJsonObject(body) && isJsonObject(body.analyzeResult) ? body.analyzeResult : undefined
  if (result === undefined || !isJsonArray(result.pages)) throw failed({}, info)
  const text = textOf(result.content)
  const pages = result.pages.filter(isJsonObject).map((page, index) => pageOf(page, index, text))
  return { object: 'ocr', model: info.model, pages, usage_info: { pages_processed: pages.length } }
}

/** A page is the part of the whole text that its spans tell. */
function pageOf(page: JsonObject, index: number, text: string): OcrPage {
  const { pageNumber, width, height, unit, spans } = page
  const parts = isJsonArray(spans) ? spans.filter(isJsonObject) : []
  const markdown = parts
    .map(({ offset, length }) => text.slice(Number(offset), Number(offset) + Number(length)))
    .join('')
  const scale = unit === 'inch' ? DPI : 1
  return {
    index: typeof pageNumber === 'number' ? pageNumber - 1 : index,
    markdown,
    ...(typeof width === 'number' &&
      typeof height === 'number' && {
        dimensions: { dpi: DPI, width: Math.round(width * scale), height: Math.round(height * scale) },
      }),
  }
}

const analyze: Codec<'ocr'> = {
  endpoint: 'ocr',
  format: 'azure-document-intelligence',
  framing: 'sse',
  upstream: {
    takesNoOthers: true,
    params: new Set(['pages']),
    takesBytes: true,
    encodeRequest,
    follow,
    decodeResponse,
    decodeError,
  },
}

/** `azure_ai/doc-intelligence/prebuilt-layout` */
export const documentIntelligence: Binding<'ocr'> = {
  codec: analyze,
  path: '/documentintelligence',
  serves: isDocumentIntelligence,
  model: model => model.slice(PREFIX.length),
}
