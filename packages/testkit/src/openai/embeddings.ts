import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asText, type JsonObject } from '../json.ts'
import { filledText, integer, list, oneOf, record, type Shape, text, Violation } from '../wire/shape.ts'
import type { PlainOperation } from '../wire/wire.ts'

const input: Shape = (value, path) => {
  if (typeof value === 'string') return filledText(value, path)
  if (!Array.isArray(value)) throw new Violation('type', path, 'string or array', value)
  const first: unknown = value[0]
  const item =
    typeof first === 'string' ? filledText : typeof first === 'number' ? integer(0) : list(integer(0), 1)
  list(item, 1)(value, path)
}

const shape = record(
  { input, model: text },
  { dimensions: integer(1, 3072), encoding_format: oneOf('float', 'base64'), user: text },
)

/** `POST /v1/embeddings`, https://platform.openai.com/docs/api-reference/embeddings/create. */
export const embeddings: PlainOperation = {
  kind: 'plain',
  reply(body, route): JsonObject {
    shape(body, [])
    const inputs = inputsOf(body.input)
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : 1536
    const tokens = inputs.reduce((sum, one) => sum + countTokens(one), 0)
    return {
      object: 'list',
      data: inputs.map((one, index) => ({
        object: 'embedding',
        index,
        embedding: written(embeddingOf(one, dimensions), body.encoding_format),
      })),
      model: route.model ?? asText(body.model),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }
  },
}

function inputsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [asText(value)]
  if (typeof value[0] === 'number') return [value.join(' ')]
  return value.map(one => (Array.isArray(one) ? one.join(' ') : asText(one)))
}

/** Base64 is the little-endian float32 array. */
function written(vector: number[], format: unknown): number[] | string {
  return format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector
}
