import { asObject, asObjects, asText } from '../json.ts'
import { filledText, integer, list, oneOf, openRecord, record, text, Violation } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const arn = (value: unknown, path: readonly (string | number)[]) => {
  filledText(value, path)
  if (!/^arn:aws[\w-]*:bedrock:[a-z0-9-]+:\d*:/.test(String(value)))
    throw new Violation('value', path, 'an ARN of a model', value)
}

const shape = record({
  queries: list(record({ type: oneOf('TEXT'), textQuery: record({ text: filledText }) }), 1),
  sources: list(
    record({
      type: oneOf('INLINE'),
      inlineDocumentSource: record(
        { type: oneOf('TEXT', 'JSON') },
        { textDocument: record({ text }), jsonDocument: openRecord },
      ),
    }),
    1,
  ),
  rerankingConfiguration: record({
    type: oneOf('BEDROCK_RERANKING_MODEL'),
    bedrockRerankingConfiguration: record(
      { modelConfiguration: record({ modelArn: arn }, { additionalModelRequestFields: openRecord }) },
      { numberOfResults: integer(1, 1000) },
    ),
  }),
})

/** `POST /rerank` of the agents' runtime; a document's score is the share of the query's words it holds. */
export const rerank: CallOperation = {
  kind: 'call',
  answer({ body }) {
    shape(body, [])
    const query = asText(asObject(asObjects(body.queries)[0]?.textQuery).text)
      .toLowerCase()
      .split(/\s+/)
    const config = asObject(asObject(body.rerankingConfiguration).bedrockRerankingConfiguration)
    const results = asObjects(body.sources)
      .map(({ inlineDocumentSource }, index) => {
        const { textDocument, jsonDocument } = asObject(inlineDocumentSource)
        const said = (asText(asObject(textDocument).text) || JSON.stringify(jsonDocument)).toLowerCase()
        return { index, relevanceScore: query.filter(word => said.includes(word)).length / query.length }
      })
      .sort((a, b) => b.relevanceScore - a.relevanceScore)
    return { json: { results: results.slice(0, Number(config.numberOfResults ?? results.length)) } }
  },
}
