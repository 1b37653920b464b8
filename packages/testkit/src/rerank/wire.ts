import { countTokens } from '../answer/tokens.ts'
import { asObject, asText, isObject, type JsonObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import { filledText, flag, integer, list, openRecord, record, text, textOr } from '../wire/shape.ts'
import { keyIn } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'
import { scoreOf } from './score.ts'
import { dashscopeRerank, deepinfraRerank, nvidiaRerank } from './vendors.ts'

const azureKey = keyIn('api-key')

/** https://docs.cohere.com/reference/rerank: version 2 takes texts only and returns none. */
const strict = record(
  { model: filledText, query: filledText, documents: list(text, 1) },
  { top_n: integer(1), max_tokens_per_doc: integer(1), priority: integer(0, 999) },
)

/** https://docs.cohere.com/v1/reference/rerank and https://jina.ai/reranker: what either takes. */
const lenient = record(
  { query: filledText, documents: list(textOr(openRecord), 1) },
  {
    model: filledText,
    top_n: integer(1),
    // Voyage's name for it.
    top_k: integer(1),
    return_documents: flag,
    rank_fields: list(text, 1),
    max_chunks_per_doc: integer(1),
    truncation: flag,
  },
)

function rerank(isStrict: boolean): CallOperation {
  return {
    kind: 'call',
    answer({ body, model, sequence }) {
      ;(isStrict ? strict : lenient)(body, [])
      const documents = Array.isArray(body.documents) ? body.documents : []
      const scored = documents
        .map((document: unknown, index) => ({
          index,
          relevance_score: scoreOf(asText(body.query), textOf(document)),
        }))
        .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
        .slice(0, limitOf(body) ?? documents.length)
      const results = scored.map(one => ({
        ...one,
        ...(body.return_documents === true && { document: documentOf(documents[one.index]) }),
      }))
      const tokens = countTokens([body.query, ...documents.map(textOf)].join(' '))
      const meta = { api_version: { version: isStrict ? '2' : '1' }, billed_units: { search_units: 1 } }
      const rest = { id: `rerank-testkit${sequence}`, results, meta }
      return { json: isStrict ? rest : { ...rest, model, usage: { total_tokens: tokens } } }
    },
  }
}

function limitOf({ top_n, top_k }: JsonObject): number | undefined {
  const limit = top_n ?? top_k
  return typeof limit === 'number' ? limit : undefined
}

function textOf(document: unknown): string {
  return isObject(document) ? asText(asObject(document).text) : asText(document)
}

function documentOf(document: unknown): unknown {
  return isObject(document) ? document : { text: document }
}

const statuses: Partial<Record<FailureKind, readonly [status: number, message: string]>> = {
  'no-key': [401, 'no api key supplied'],
  unauthorized: [401, 'invalid api token'],
  forbidden: [403, 'access denied'],
  'not-found': [404, 'resource not found'],
  'rate-limit': [429, 'too many requests, please try again later'],
  server: [500, 'internal server error'],
  unavailable: [503, 'service unavailable'],
}

function rerankFailure({ kind, facts }: Failure, sequence: number): FailureReply {
  const [status, usual] = statuses[kind] ?? [400, 'invalid request']
  const { violation, retryAfterSeconds } = facts
  const message =
    facts.message ??
    (violation
      ? `invalid request: ${violation.kind} ${violation.path.join('.')}: expected ${violation.expected}`
      : usual)
  return {
    status: facts.status ?? status,
    ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: { id: `testkit-${sequence}`, message },
  }
}

/** Cohere's API v2, which Cohere's own wire has too. */
export const strictRerank: CallOperation = rerank(true)

/** `/providers/cohere` is where Azure AI has Cohere's. */
const paths: readonly (readonly [RegExp, CallOperation])[] = [
  [/^(\/v1)?\/rerank$/, rerank(false)],
  [/^(\/providers\/cohere)?\/v2\/rerank$/, strictRerank],
  [/^\/v1\/ranking$/, nvidiaRerank],
  [/^\/v1\/inference\/[^/]+$/, deepinfraRerank],
  [/^\/api\/v1\/services\/rerank\/text-rerank\/text-rerank$/, dashscopeRerank],
]

/** Rerankers of the Cohere and Jina family, and NVIDIA's, DeepInfra's and Alibaba's. */
export const reranker: Wire = {
  name: 'rerank',
  route({ method, path }) {
    const [, operation] = (method === 'POST' && paths.find(([pattern]) => pattern.test(path))) || []
    return operation && { operation }
  },
  credential: head => bearerOf(head) ?? azureKey(head),
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure: rerankFailure,
  failureEvent: (failure, sequence) => rerankFailure(failure, sequence).body,
}
