import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { CallInfo } from '../codec.ts'
import { encodeRequest } from './request.ts'
import { decodeResponse } from './response.ts'

const model = 'embed-v4.0'
const info: CallInfo = {
  id: 'c1',
  now: 0,
  model,
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'cohere', model },
  warn() {},
}
const encode = (request: Partial<EmbeddingRequest>) =>
  encodeRequest({ model: 'm', input: 'Hi', ...request }, info).body
const PNG = 'data:image/png;base64,iVBORw0KGgo='

test('texts', () => {
  expect(encode({ dimensions: 256, truncate: 'END', user: 'ann' })).toEqual({
    model,
    texts: ['Hi'],
    input_type: 'search_document',
    embedding_types: ['float'],
    output_dimension: 256,
    truncate: 'END',
  })
  expect(encode({ input_type: 'search_query', encoding_format: 'base64' })).toMatchObject({
    input_type: 'search_query',
    embedding_types: ['base64'],
  })
})

test('images, and both together', () => {
  expect(encode({ input: [PNG] })).toMatchObject({ images: [PNG], input_type: 'image' })
  expect(encode({ input: [PNG, 'Hi'] })).toMatchObject({
    inputs: [
      { content: [{ type: 'image_url', image_url: { url: PNG } }] },
      { content: [{ type: 'text', text: 'Hi' }] },
    ],
  })
})

test('tokens are refused by their place', () => {
  expect(() => encode({ input: [[1, 2]] })).toThrow(/input\[0\]: Cohere embeds texts/)
})

test('vectors of several kinds: the floats answer, the others stand beside', () => {
  const body = {
    embeddings: { float: [[0.1], [0.2]], int8: [[1], [2]] },
    meta: { billed_units: { input_tokens: 4, image_tokens: 10, images: 1 } },
  }
  expect(decodeResponse(body, info)).toEqual({
    object: 'list',
    model,
    data: [
      { object: 'embedding', index: 0, embedding: [0.1], provider_specific_fields: { int8: [1] } },
      { object: 'embedding', index: 1, embedding: [0.2], provider_specific_fields: { int8: [2] } },
    ],
    usage: {
      prompt_tokens: 14,
      total_tokens: 14,
      prompt_tokens_details: { text_tokens: 4, image_tokens: 10 },
      billed_units: { input_tokens: 4, image_tokens: 10, images: 1 },
    },
  })
  expect(decodeResponse({ embeddings: { base64: ['AAA='] } }, info).data[0]?.embedding).toBe('AAA=')
  expect(() => decodeResponse({ embeddings: {} }, info)).toThrow(/without "embeddings"/)
})
