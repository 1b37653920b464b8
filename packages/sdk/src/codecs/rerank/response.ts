import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { RerankMeta, RerankRequest, RerankResponse, RerankResult } from '../../types/rerank.ts'
import type { CallInfo } from '../codec.ts'

/** Reads the shapes in use: a list, alone or under a name, of places and scores; or scores in the documents' order. */
export function decodeResponse(body: unknown, info: CallInfo): RerankResponse {
  const list = listOf(body)
  if (list === undefined)
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a rerank request without results.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const results = list.map((item, index) => decodeResult(item, index, info))
  results.sort((a, b) => b.relevance_score - a.relevance_score)
  const reply = isJsonObject(body) ? body : {}
  const id = reply.id ?? reply.request_id
  const meta = metaOf(reply)
  return { id: typeof id === 'string' ? id : info.id, results, ...(meta && { meta }) }
}

function listOf(body: unknown): unknown[] | undefined {
  if (isJsonArray(body)) return body
  if (!isJsonObject(body)) return undefined
  for (const name of ['results', 'data', 'rankings', 'scores']) {
    const list = body[name]
    if (isJsonArray(list)) return list
  }
  return isJsonObject(body.output) ? listOf(body.output) : undefined
}

function decodeResult(item: unknown, place: number, info: CallInfo): RerankResult {
  if (typeof item === 'number') return { index: place, relevance_score: item }
  const { index, relevance_score, score, logit, document, text, input, ...rest } = isJsonObject(item)
    ? item
    : {}
  const relevance = relevance_score ?? score ?? logit
  if (typeof index !== 'number' || typeof relevance !== 'number')
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider sent a result without an index or without a score.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const said = document ?? text ?? input
  const found = typeof said === 'string' ? { text: said } : isJsonObject(said) ? said : undefined
  return { ...rest, index, relevance_score: relevance, ...(found && { document: found }) }
}

/** Cohere's `meta` as it is; what others report of tokens under the same names. */
function metaOf({ meta, usage, ...reply }: JsonObject): RerankMeta | undefined {
  const told = isJsonObject(usage) ? usage : reply
  const tokens = [told.total_tokens, told.prompt_tokens, told.input_tokens, told.input_token_count].find(
    (count): count is number => typeof count === 'number',
  )
  if (tokens === undefined) return isJsonObject(meta) ? meta : undefined
  const said: RerankMeta = isJsonObject(meta) ? meta : {}
  return {
    ...said,
    billed_units: said.billed_units ?? { total_tokens: tokens },
    tokens: said.tokens ?? { input_tokens: tokens },
  }
}

/** The answer as it was asked for: no more results, and documents beside them or not, whatever the provider can do. */
export function completed(response: RerankResponse, request: RerankRequest): RerankResponse {
  const { top_n: most, return_documents: returning, documents } = request
  const results = response.results.slice(0, most ?? undefined).map(({ document, ...result }) => {
    if (!returning) return result
    const asked = documents[result.index]
    const own = typeof asked === 'string' ? { text: asked } : asked
    return { ...result, ...((own ?? document) && { document: own ?? document }) }
  })
  return { ...response, results: results as RerankResult[] }
}
