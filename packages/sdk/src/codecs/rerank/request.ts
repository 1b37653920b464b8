import { badRequest } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { RerankRequest } from '../../types/rerank.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import type { RerankBody, RerankOptions } from './options.ts'

export function encodeRequest(request: RerankRequest, info: CallInfo, options: RerankOptions): WireRequest {
  const { topN = 'top_n', returnDocuments = 'return_documents' } = options
  const { top_n: wanted, return_documents: returning, rank_fields: fields, ...rest } = request
  const body: JsonObject = { ...rest }
  for (const key in body) if (body[key] === null) delete body[key]
  body.model = info.model
  if (wanted != null && topN) body[topN] = wanted
  if (returning != null && returnDocuments) body[returnDocuments] = returning
  if (options.rankFields && fields != null) body.rank_fields = fields
  const keeps = options.objects && (options.rankFields || fields == null)
  if (!keeps) body.documents = request.documents.map((document, at) => textOf(document, at, fields, info))
  return options.shape ? options.shape(body as RerankBody, info) : { body }
}

/** A document as one text: its `text`, or the fields to compare as lines, as Cohere advises for its API v2. */
function textOf(
  document: string | JsonObject,
  at: number,
  fields: RerankRequest['rank_fields'],
  info: CallInfo,
): string {
  if (typeof document === 'string') return document
  const names = fields ?? ['text']
  const missing = names.find(name => document[name] == null)
  if (missing !== undefined)
    throw badRequest(
      `documents[${at}].${missing}: is not there. ` +
        (fields
          ? 'Each document needs all rank_fields.'
          : 'Send texts, objects with text, or name rank_fields.'),
      `documents[${at}]`,
    )
  const values = names.map(name => written(document[name]))
  if (values.length === 1) return values[0] as string
  if (at === 0)
    info.warn({ action: 'approximated', param: 'rank_fields', reason: 'sent as lines of "name: value"' })
  return names.map((name, index) => `${name}: ${values[index]}`).join('\n')
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Checks what must hold before anything else looks at the request; unknown fields pass. */
export function decodeRequest(body: unknown, info: InboundInfo): RerankRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model, for example "rerank-v3.5".', 'model')
  const { query, documents, rank_fields: fields } = body
  if (typeof query !== 'string' || query === '')
    throw badRequest('query: must be a non-empty string.', 'query')
  if (!Array.isArray(documents) || documents.length === 0)
    throw badRequest('documents: must be a non-empty array of texts or objects.', 'documents')
  const wrong = documents.findIndex(document => typeof document !== 'string' && !isJsonObject(document))
  if (wrong !== -1)
    throw badRequest(`documents[${wrong}]: must be a text or an object.`, `documents[${wrong}]`)
  if (fields != null && !(Array.isArray(fields) && fields.every(field => typeof field === 'string')))
    throw badRequest('rank_fields: must be an array of the names of fields.', 'rank_fields')
  for (const key of ['top_n', 'max_chunks_per_doc', 'max_tokens_per_doc']) checkCount(body, key)
  if (body.return_documents != null && typeof body.return_documents !== 'boolean')
    throw badRequest('return_documents: must be true or false.', 'return_documents')
  return { ...body, model, query, documents: documents as RerankRequest['documents'] }
}

function checkCount(body: JsonObject, key: string): void {
  const value = body[key]
  if (value == null) return
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    throw badRequest(`${key}: must be a whole number of at least 1.`, key)
}
