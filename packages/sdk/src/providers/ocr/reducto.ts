import type { CallInfo, Codec, FollowUp, WireReply } from '../../codecs/codec.ts'
import { documentUrl } from '../../codecs/mistral-ocr/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { bearer } from '../../credentials/bearer.ts'
import { badRequest, createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { OcrRequest, OcrResponse } from '../../types/ocr.ts'
import type { Provider } from '../provider.ts'

/** One chunk per page, so that pages can be told apart. Source: https://docs.reducto.ai/api-reference/parse */
const BY_PAGE = { retrieval: { chunking: { chunk_mode: 'page' } } }

function encodeBody({ document, pages, ...request }: OcrRequest): JsonObject {
  const { model: _, ...rest } = stated(request)
  const url = documentUrl(document)
  if (!url.startsWith('http'))
    throw badRequest(
      'document: Reducto takes https addresses; uploads and data: URIs must be put online first.',
      'document',
    )
  const settings = isJsonObject(rest.settings) ? rest.settings : {}
  const ranges = pages?.map(page => ({ start: page + 1, end: page + 1 }))
  return { ...BY_PAGE, ...rest, input: url, ...(ranges && { settings: { ...settings, page_range: ranges } }) }
}

/** Large results lie at an address. */
function follow({ body }: WireReply, _request: unknown, _info: CallInfo, step: number): FollowUp | undefined {
  const result = isJsonObject(body) && isJsonObject(body.result) ? body.result : undefined
  if (step > 0 || result?.type !== 'url' || typeof result.url !== 'string') return undefined
  return { method: 'GET', url: result.url, afterMs: 0 }
}

function decodeResponse(body: unknown, info: CallInfo): OcrResponse {
  const result = isJsonObject(body) && isJsonObject(body.result) ? body.result : { chunks: body }
  if (!isJsonArray(result.chunks))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an OCR request without "chunks".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const usage = isJsonObject(body) && isJsonObject(body.usage) ? body.usage : {}
  const pages = result.chunks.filter(isJsonObject).map((chunk, index) => ({
    index: pageOf(chunk) ?? index,
    markdown: textOf(chunk.content),
  }))
  const processed = typeof usage.num_pages === 'number' ? usage.num_pages : pages.length
  return { object: 'ocr', model: info.model, pages, usage_info: { pages_processed: processed } }
}

/** The page a chunk is from, counted from 0. */
function pageOf({ blocks }: JsonObject): number | undefined {
  const [first] = isJsonArray(blocks) ? blocks.filter(isJsonObject) : []
  const box = isJsonObject(first?.bbox) ? first.bbox : {}
  const page = box.original_page ?? box.page
  return typeof page === 'number' ? page - 1 : undefined
}

const parse: Codec<'ocr'> = {
  endpoint: 'ocr',
  format: 'reducto',
  framing: 'sse',
  upstream: {
    params: new Set(['pages']),
    encodeRequest: request => ({ body: encodeBody(request) }),
    follow,
    decodeResponse,
    decodeError,
  },
}

/** Source: https://docs.reducto.ai */
export const reducto: Provider = {
  name: 'reducto',
  title: 'Reducto',
  docs: 'https://docs.reducto.ai/api-reference/parse',
  baseUrl: 'https://platform.reducto.ai',
  baseUrlEnv: ['REDUCTO_API_BASE'],
  credentials: bearer(['REDUCTO_API_KEY']),
  endpoints: { ocr: [{ codec: parse, path: '/parse' }] },
  exampleModels: ['parse'],
}
