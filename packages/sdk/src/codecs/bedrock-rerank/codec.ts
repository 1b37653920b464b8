import { badRequest, createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { RerankRequest, RerankResponse } from '../../types/rerank.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'

/** Stands in a model's ARN for the region, which only signing knows. */
export const RERANK_ARN = 'arn:aws:bedrock:{region}:'

const HANDLED = new Set([
  'model',
  'query',
  'documents',
  'top_n',
  'return_documents',
  'rank_fields',
  'metadata',
  'user',
])

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html */
export const bedrockRerank: Codec<'rerank'> = {
  endpoint: 'rerank',
  format: 'bedrock-rerank',
  framing: 'sse',
  upstream: {
    params: new Set(['top_n', 'return_documents', 'rank_fields']),
    encodeRequest,
    decodeResponse,
    decodeError: decodeAwsError,
  },
}

/** The model comes first in the body: nothing a caller writes may stand before its region. */
function encodeRequest(request: RerankRequest, info: CallInfo): WireRequest {
  const { query, documents, top_n } = request
  const { model_id: given } = info.deployment.params ?? {}
  const id = typeof given === 'string' && given !== '' ? given : info.model
  const fields = extrasOf(request, HANDLED)
  return {
    body: {
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: {
            modelArn: id.startsWith('arn:') ? id : `${RERANK_ARN}:foundation-model/${id}`,
            ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
          },
          numberOfResults: top_n ?? documents.length,
        },
      },
      queries: [{ type: 'TEXT', textQuery: { text: query } }],
      sources: documents.map((document, index) => ({
        type: 'INLINE',
        inlineDocumentSource: encodeDocument(document, index, request.rank_fields),
      })),
    },
  }
}

function encodeDocument(
  document: unknown,
  index: number,
  fields: readonly string[] | null | undefined,
): JsonObject {
  if (typeof document === 'string') return { type: 'TEXT', textDocument: { text: document } }
  if (!isJsonObject(document))
    throw badRequest(`documents[${index}]: must be a text or an object.`, `documents[${index}]`)
  if (fields?.length)
    return {
      type: 'JSON',
      jsonDocument: Object.fromEntries(fields.map(field => [field, document[field]])),
    }
  if (typeof document.text === 'string' && Object.keys(document).length === 1)
    return { type: 'TEXT', textDocument: { text: document.text } }
  return { type: 'JSON', jsonDocument: document }
}

function decodeResponse(body: unknown, info: CallInfo): RerankResponse {
  const results =
    isJsonObject(body) && isJsonArray(body.results) ? body.results.filter(isJsonObject) : undefined
  if (results === undefined)
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a rerank request without results.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const asked = info.request as RerankRequest | undefined
  return {
    id: info.id,
    results: results.map(({ index, relevanceScore }) => {
      const document = asked?.return_documents === true ? asked.documents[Number(index)] : undefined
      return {
        index: Number(index),
        relevance_score: Number(relevanceScore),
        ...(document !== undefined && {
          document: typeof document === 'string' ? { text: document } : document,
        }),
      }
    }),
    meta: { billed_units: { search_units: Math.max(1, Math.ceil((asked?.documents.length ?? 0) / 100)) } },
  }
}
