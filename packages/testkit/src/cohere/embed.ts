import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, integer, list, oneOf, record, tagged, text } from '../wire/shape.ts'
import type { PlainOperation } from '../wire/wire.ts'

const part = tagged('type', {
  text: record({ type: text, text: filledText }),
  image_url: record({ type: text, image_url: record({ url: filledText }) }),
})

const shape = record(
  {
    model: filledText,
    input_type: oneOf('search_document', 'search_query', 'classification', 'clustering', 'image'),
  },
  {
    texts: list(text, 1),
    images: list(filledText, 1),
    inputs: list(record({ content: list(part, 1) }), 1),
    embedding_types: list(oneOf('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'), 1),
    output_dimension: integer(1),
    max_tokens: integer(1),
    truncate: oneOf('NONE', 'START', 'END'),
    priority: integer(0, 999),
  },
)

/** `POST /v2/embed`, https://docs.cohere.com/reference/embed. */
export const embed: PlainOperation = {
  kind: 'plain',
  reply(body): JsonObject {
    shape(body, [])
    const inputs = inputsOf(body)
    const dimensions = typeof body.output_dimension === 'number' ? body.output_dimension : 1536
    const vectors = inputs.map(input => embeddingOf(input, dimensions))
    const types = asTexts(body.embedding_types)
    const isImage = (input: string) => input.startsWith('data:')
    const words = inputs.filter(input => !isImage(input)).reduce((sum, input) => sum + countTokens(input), 0)
    const images = inputs.filter(isImage).length
    return {
      id: '00000000-0000-4000-8000-000000000000',
      embeddings: Object.fromEntries(
        (types.length > 0 ? types : ['float']).map(type => [
          type,
          vectors.map(vector => writtenAs(type, vector)),
        ]),
      ),
      texts: inputs.filter(input => !isImage(input)),
      meta: {
        api_version: { version: '2' },
        billed_units: { input_tokens: words, ...(images > 0 && { images, image_tokens: 100 * images }) },
      },
      response_type: 'embeddings_by_type',
    }
  },
}

function inputsOf(body: JsonObject): string[] {
  const given = [body.texts, body.images, body.inputs].filter(each => each !== undefined)
  if (given.length !== 1)
    throw new Failure('invalid', {
      message: 'invalid request: exactly one of texts, images or inputs is needed',
    })
  if (body.inputs === undefined) return asTexts(given[0])
  return asObjects(body.inputs).map(({ content }) =>
    asObjects(content)
      .map(each => asText(each.text) || asText(asObject(each.image_url).url))
      .join(' '),
  )
}

function writtenAs(type: string, vector: number[]): number[] | string {
  if (type === 'base64') return Buffer.from(new Float32Array(vector).buffer).toString('base64')
  return type === 'float' ? vector : vector.map(value => Math.round(value * 127))
}
