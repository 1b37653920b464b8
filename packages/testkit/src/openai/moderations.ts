import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { filledText, list, record, type Shape, tagged, text, Violation } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const part = tagged('type', {
  text: record({ type: text, text: filledText }),
  image_url: record({ type: text, image_url: record({ url: filledText }) }),
})

const input: Shape = (value, path) => {
  if (typeof value === 'string') return
  if (!Array.isArray(value)) throw new Violation('type', path, 'string or array', value)
  list(typeof value[0] === 'string' ? text : part, 1)(value, path)
}

const shape = record({ input }, { model: filledText })

/** What each category is found by. The words are mild on purpose. */
const categories: Readonly<Record<string, RegExp | undefined>> = {
  harassment: /\bidiot\b/i,
  'harassment/threatening': undefined,
  hate: /\bhate\b/i,
  'hate/threatening': undefined,
  illicit: /\bshoplift/i,
  'illicit/violent': undefined,
  'self-harm': undefined,
  'self-harm/intent': undefined,
  'self-harm/instructions': undefined,
  sexual: undefined,
  'sexual/minors': undefined,
  violence: /\bkill/i,
  'violence/graphic': undefined,
}

const seesImages = new Set([
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'violence',
  'violence/graphic',
])

/** `POST /v1/moderations`, https://platform.openai.com/docs/api-reference/moderations/create. */
export const moderations: CallOperation = {
  kind: 'call',
  answer({ body, model, sequence }) {
    shape(body, [])
    return {
      json: {
        id: `modr-testkit${sequence}`,
        model: model || 'omni-moderation-latest',
        results: inputsOf(body.input).map(resultOf),
      },
    }
  },
}

interface Input {
  readonly text: string
  readonly hasImage: boolean
}

/** A list of texts is judged one by one, a list of parts as one message. */
function inputsOf(value: unknown): Input[] {
  if (typeof value === 'string') return [{ text: value, hasImage: false }]
  if (Array.isArray(value) && typeof value[0] === 'string') {
    return value.map(one => ({ text: asText(one), hasImage: false }))
  }
  const parts = asObjects(value)
  return [
    {
      text: parts.map(one => asText(one.text)).join(' '),
      hasImage: parts.some(one => asObject(one.image_url).url !== undefined),
    },
  ]
}

function resultOf({ text: said, hasImage }: Input): JsonObject {
  const names = Object.keys(categories)
  const isFound = (name: string) => categories[name]?.test(said) === true
  const byName = (value: (name: string) => unknown) =>
    Object.fromEntries(names.map(name => [name, value(name)]))
  return {
    flagged: names.some(isFound),
    categories: byName(isFound),
    category_scores: byName(name => (isFound(name) ? 0.97 : 0.0001)),
    category_applied_input_types: byName(name =>
      hasImage && seesImages.has(name) ? ['text', 'image'] : ['text'],
    ),
  }
}
