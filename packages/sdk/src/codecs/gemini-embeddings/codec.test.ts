import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import { decodeVector, encodeVector } from '../embedding-vector.ts'
import { clientInfo, upstreamInfo } from '../gemini/testing/call-info.ts'
import { openaiEmbeddings } from '../openai-embeddings/codec.ts'
import { geminiEmbeddings } from './codec.ts'

const { upstream, inbound } = geminiEmbeddings
if (!inbound) throw new Error('clients may speak it')
const info = () => upstreamInfo('gemini-embedding-001')

const encode = (request: Partial<EmbeddingRequest>) =>
  upstream.encodeRequest({ model: 'm', input: 'x', ...request }, info()).body

test('one request per text, each with the settings of all', () => {
  const body = encode({
    input: ['a', 'b'],
    dimensions: 768,
    input_type: 'search_query',
    title: 't',
    encoding_format: 'base64',
  })
  const settings = { outputDimensionality: 768, taskType: 'RETRIEVAL_QUERY', title: 't' }
  const model = 'models/gemini-embedding-001'
  expect(body).toEqual({
    requests: [
      { model, content: { parts: [{ text: 'a' }] }, ...settings },
      { model, content: { parts: [{ text: 'b' }] }, ...settings },
    ],
  })
})

test.each<[EmbeddingRequest['input'], RegExp]>([
  [[1, 2], /^input\[0\]: Gemini embeds text, not tokens/],
  [[[1], [2]], /^input\[0\]: Gemini embeds text, not tokens/],
  [[], /^input: must hold at least one text/],
])('input %o is refused', (input, message) => {
  expect(() => encode({ input })).toThrow(message)
})

test('vectors and usage, where Google tells it', () => {
  const body = { embeddings: [{ values: [0.5, 1] }, { values: [2, 3] }] }
  expect(upstream.decodeResponse(body, info())).toEqual({
    object: 'list',
    model: 'gemini-embedding-001',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, 1] },
      { object: 'embedding', index: 1, embedding: [2, 3] },
    ],
  })
  const counted = { ...body, usageMetadata: { promptTokenCount: 7 } }
  expect(upstream.decodeResponse(counted, info()).usage).toEqual({ prompt_tokens: 7, total_tokens: 7 })
  expect(() => upstream.decodeResponse({}, info())).toThrow(expect.objectContaining({ kind: 'bad_gateway' }))
})

test('a lone content is answered with a lone embedding, a batch with a list', () => {
  const single = inbound.decodeRequest(
    { content: { parts: [{ text: 'a' }] }, task_type: 'CLUSTERING', output_dimensionality: 2 },
    clientInfo('e'),
  )
  expect(single).toEqual({ model: 'e', input: 'a', taskType: 'CLUSTERING', dimensions: 2 })
  const response = upstream.decodeResponse({ embeddings: [{ values: [0.5, 1] }] }, info())
  expect(inbound.encodeResponse(response, single, clientInfo())).toEqual({ embedding: { values: [0.5, 1] } })

  const given = encode({ input: ['a'], dimensions: 2 })
  const batch = inbound.decodeRequest(given, clientInfo('e'))
  expect(batch).toEqual({ model: 'e', input: ['a'], dimensions: 2 })
  expect(inbound.encodeResponse(response, batch, clientInfo())).toEqual({
    embeddings: [{ values: [0.5, 1] }],
  })
})

test('a file is embedded as such, from and for either kind of client', () => {
  const input = ['data:image/png;base64,iVBORw0KGgo=', 'gs://b/film.mp4', 'data: is no URI here']
  const body = encode({ input })
  const parts = (body.requests as { content: { parts: unknown[] } }[]).map(({ content }) => content.parts)
  expect(parts).toEqual([
    [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }],
    [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/film.mp4' } }],
    [{ text: 'data: is no URI here' }],
  ])
  expect(inbound.decodeRequest(body, clientInfo('m')).input).toEqual(input)
  const snake = { content: { parts: [{ inline_data: { mime_type: 'image/png', data: 'AA==' } }] } }
  expect(inbound.decodeRequest(snake, clientInfo('m')).input).toBe('data:image/png;base64,AA==')
  const mixed = {
    content: { parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }] },
  }
  expect(() => inbound.decodeRequest(mixed, clientInfo('m'))).toThrow(/must be the only part/)
})

test('a batch whose requests differ is refused by its path', () => {
  const one = { content: { parts: [{ text: 'a' }] } }
  expect(() =>
    inbound.decodeRequest({ requests: [one, { ...one, taskType: 'CLUSTERING' }] }, clientInfo()),
  ).toThrow(/^requests\[1\]: must have the same taskType/)
})

test('base64 vectors are little-endian float32', () => {
  expect(encodeVector([1, -2])).toBe(Buffer.from('0000803f000000c0', 'hex').toString('base64'))
  expect(decodeVector(encodeVector([0.5, 0.25, -8]))).toEqual([0.5, 0.25, -8])
})

test('an OpenAI client that asked for base64 gets base64', () => {
  const response = upstream.decodeResponse({ embeddings: [{ values: [0.5, 1] }] }, info())
  const ask = (encoding_format: 'base64' | 'float') =>
    openaiEmbeddings.inbound?.encodeResponse(
      response,
      { model: 'm', input: 'x', encoding_format },
      clientInfo(),
    )
  expect(ask('float')).toMatchObject({ data: [{ embedding: [0.5, 1] }] })
  expect(ask('base64')).toMatchObject({ data: [{ embedding: encodeVector([0.5, 1]) }] })
})
