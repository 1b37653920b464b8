import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { PlainOperation } from '../wire/wire.ts'

const encodings = ['LINEAR16', 'MP3', 'OGG_OPUS', 'MULAW', 'ALAW', 'PCM', 'M4A']

/** https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize: says the encoding and the words. */
export const synthesize: PlainOperation = {
  kind: 'plain',
  reply(body): JsonObject {
    const { text, ssml } = asObject(body.input)
    const words = asText(text) || asText(ssml)
    if (words === '')
      throw new Failure('invalid', { message: 'Either input.text or input.ssml must be set.' })
    if (asText(asObject(body.voice).languageCode) === '') {
      throw new Failure('invalid', { message: 'Request field voice.languageCode is empty.' })
    }
    const encoding = asText(asObject(body.audioConfig).audioEncoding)
    if (!encodings.includes(encoding)) {
      throw new Failure('invalid', { message: `Invalid audio encoding: ${encoding}` })
    }
    return { audioContent: Buffer.from(`${encoding} ${words}`).toString('base64') }
  },
}

/** https://cloud.google.com/generative-ai-app-builder/docs/ranking: by how many of the query's words a record has. */
export const rank: PlainOperation = {
  kind: 'plain',
  reply(body): JsonObject {
    const records = asObjects(body.records)
    if (records.length === 0 || records.length > 200) {
      throw new Failure('invalid', { message: 'The number of records must be between 1 and 200.' })
    }
    const words = asText(body.query).toLowerCase().split(/\W+/)
    const scored = records.map(({ id, content, title }) => {
      const text = `${asText(title)} ${asText(content)}`.toLowerCase()
      return { id: asText(id), score: words.filter(word => text.includes(word)).length / words.length }
    })
    scored.sort((a, b) => b.score - a.score)
    return { records: scored.slice(0, typeof body.topN === 'number' ? body.topN : scored.length) }
  },
}

/** Mistral's OCR by `:rawPredict`: one page that names what it was given. */
export const readDocument: PlainOperation = {
  kind: 'plain',
  reply(body, route): JsonObject {
    const { type, document_url: url, image_url: image } = asObject(body.document)
    const address = asText(url) || asText(image)
    if (!address.startsWith('data:'))
      throw new Failure('invalid', { message: 'The document must be a data: URI.' })
    const page = { index: 0, markdown: `A ${asText(type)}`, images: [], dimensions: null }
    return {
      pages: [page],
      model: route.model ?? '',
      usage_info: { pages_processed: 1, doc_size_bytes: address.length },
    }
  },
}

/** Codestral's fill in the middle by `:rawPredict`. */
export const fillIn: PlainOperation = {
  kind: 'plain',
  reply(body, route): JsonObject {
    const [prompt, suffix] = [asText(body.prompt), asText(body.suffix)]
    if (prompt === '') throw new Failure('invalid', { message: 'prompt: Field required' })
    const message = { role: 'assistant', content: `between "${prompt}" and "${suffix}"` }
    return {
      id: 'testkit',
      object: 'chat.completion',
      created: 1_750_000_000,
      model: route.model ?? asText(body.model),
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    }
  },
}
