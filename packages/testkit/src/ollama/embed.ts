import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, integer, list, record, text, textOr } from '../wire/shape.ts'
import type { PlainOperation } from '../wire/wire.ts'
import { common } from './options.ts'

const shape = record({ model: filledText, input: textOr(list(text)) }, { ...common, dimensions: integer(1) })

/** `POST /api/embed`, https://docs.ollama.com/api/embed. */
export const embed: PlainOperation = {
  kind: 'plain',
  reply(body): JsonObject {
    shape(body, [])
    const inputs = asTexts(body.input)
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : 768
    return {
      model: asText(body.model),
      embeddings: inputs.map(input => embeddingOf(input, dimensions)),
      total_duration: 2,
      load_duration: 1,
      prompt_eval_count: inputs.reduce((sum, input) => sum + countTokens(input), 0),
    }
  },
}
