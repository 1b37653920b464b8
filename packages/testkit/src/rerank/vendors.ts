import { countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText } from '../json.ts'
import { filledText, flag, integer, list, oneOf, record, text } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'
import { scoreOf } from './score.ts'

const dashscopeShape = record(
  { model: filledText, input: record({ query: filledText, documents: list(text, 1) }) },
  { parameters: record({}, { top_n: integer(1), return_documents: flag, instruct: text }) },
)

/** https://www.alibabacloud.com/help/en/model-studio/text-rerank-api */
export const dashscopeRerank: CallOperation = {
  kind: 'call',
  answer({ body, sequence }) {
    dashscopeShape(body, [])
    const { query, documents } = asObject(body.input)
    const texts: readonly unknown[] = Array.isArray(documents) ? documents : []
    const { top_n: limit, return_documents: shows } = asObject(body.parameters)
    const results = texts
      .map((document, index) => ({
        index,
        relevance_score: scoreOf(asText(query), asText(document)),
        ...(shows === true && { document: { text: document } }),
      }))
      .sort((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, typeof limit === 'number' ? limit : texts.length)
    const total_tokens = countTokens([query, ...texts].join(' '))
    return { json: { output: { results }, usage: { total_tokens }, request_id: `testkit-${sequence}` } }
  },
}

const deepinfraShape = record(
  { queries: list(filledText, 1), documents: list(text, 1) },
  { instruction: text, service_tier: text },
)

/** https://deepinfra.com/Qwen/Qwen3-Reranker-8B/api: a score for each document, in their order. */
export const deepinfraRerank: CallOperation = {
  kind: 'call',
  answer({ body, sequence }) {
    deepinfraShape(body, [])
    const queries: readonly unknown[] = Array.isArray(body.queries) ? body.queries : []
    const [query] = queries
    const documents: readonly unknown[] = Array.isArray(body.documents) ? body.documents : []
    const scores = documents.map(document => scoreOf(asText(query), asText(document)))
    const input_tokens = countTokens([query, ...documents].join(' '))
    return {
      json: {
        scores,
        input_tokens,
        request_id: `testkit-${sequence}`,
        inference_status: { status: 'succeeded', tokens_input: input_tokens, cost: 0 },
      },
    }
  },
}

const passage = record({ text })
const nvidiaShape = record(
  { model: filledText, query: passage, passages: list(passage, 1) },
  { truncate: oneOf('NONE', 'END') },
)

/** https://docs.api.nvidia.com/nim/reference/nvidia-llama-3_2-nv-rerankqa-1b-v2-infer: logits, best first. */
export const nvidiaRerank: CallOperation = {
  kind: 'call',
  answer({ body }) {
    nvidiaShape(body, [])
    const query = asText(asObject(body.query).text)
    const passages = asObjects(body.passages)
    const rankings = passages
      .map((each, index) => ({ index, logit: 20 * scoreOf(query, asText(each.text)) - 10 }))
      .sort((a, b) => b.logit - a.logit)
    const tokens = countTokens([query, ...passages.map(each => asText(each.text))].join(' '))
    return { json: { rankings, usage: { prompt_tokens: tokens, total_tokens: tokens } } }
  },
}
