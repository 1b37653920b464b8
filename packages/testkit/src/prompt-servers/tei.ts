import { embeddingOf } from '../answer/embedding.ts'
import { asText, asTexts } from '../json.ts'
import { filledText, flag, integer, list, record, text, textOr } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'
import { numberIn } from './asked.ts'
import { failureIn, plainError } from './failures.ts'

const inputs = record(
  { inputs: textOr(list(text)) },
  { normalize: flag, truncate: flag, prompt_name: text, dimensions: integer(1) },
)

/** Feature extraction: vectors and nothing else. https://huggingface.github.io/text-embeddings-inference/ */
export const featureExtraction: CallOperation = {
  kind: 'call',
  failure: failureIn(plainError),
  answer({ body }) {
    inputs(body, [])
    return { json: asTexts(body.inputs).map(one => embeddingOf(one, numberIn(body.dimensions) ?? 8)) }
  },
}

const ranked = record(
  { query: filledText, texts: list(text, 1) },
  { raw_scores: flag, return_text: flag, truncate: flag },
)

/** Scores in order, the best first. */
export const rank: CallOperation = {
  kind: 'call',
  failure: failureIn(plainError),
  answer({ body }) {
    ranked(body, [])
    const words = asText(body.query).split(' ')
    const scored = asTexts(body.texts).map((text, index) => ({
      index,
      score: words.filter(word => text.includes(word)).length / words.length,
      ...(body.return_text === true && { text }),
    }))
    return { json: scored.sort((a, b) => b.score - a.score) }
  },
}
