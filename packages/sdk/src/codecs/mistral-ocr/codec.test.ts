import { expect, test } from 'vitest'
import { WireForm } from '../../types/wire-body.ts'
import { mistralOcr } from './codec.ts'

const inbound = { id: 'i', now: 0, warn() {} }
const deployment = { id: 'd', group: 'g', provider: 'mistral', model: 'mistral-ocr-latest' }
const info = { id: 'i', now: 0, model: 'mistral-ocr-latest', stream: false, deployment, warn() {} }

test('a document by address goes out as it came', () => {
  const asked = {
    model: 'm',
    document: { type: 'document_url', document_url: 'https://a/b.pdf' },
    pages: [0],
  }
  const request = mistralOcr.inbound?.decodeRequest(asked, inbound)
  if (request === undefined) throw new Error('no request')
  expect(mistralOcr.upstream.encodeRequest(request, info).body).toEqual({
    ...asked,
    model: 'mistral-ocr-latest',
  })
})

test('an uploaded file becomes a data: address of its kind', () => {
  const file = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('x') }
  const read = (fields: ConstructorParameters<typeof WireForm>[0]) =>
    mistralOcr.inbound?.decodeRequest(new WireForm(fields), inbound)
  expect(
    read([
      ['model', 'm'],
      ['file', file],
      ['pages', '[1,2]'],
    ]),
  ).toMatchObject({
    pages: [1, 2],
    document: { type: 'image_url', image_url: 'data:image/png;base64,eA==' },
  })
  expect(
    read([
      ['model', 'm'],
      ['file', { ...file, contentType: 'application/pdf' }],
    ])?.document,
  ).toEqual({
    type: 'document_url',
    document_url: 'data:application/pdf;base64,eA==',
  })
})

test.each([
  [{}, 'model'],
  [{ model: 'm' }, 'document'],
  [{ model: 'm', document: { type: 'scan' } }, 'document.type'],
  [{ model: 'm', document: { type: 'document_url', document_url: 'ftp://x' } }, 'document.document_url'],
])('the request %j is refused, naming %s', (body, param) => {
  expect(() => mistralOcr.inbound?.decodeRequest(body, inbound)).toThrow(expect.objectContaining({ param }))
})

test('an answer without pages is an error', () => {
  expect(() => mistralOcr.upstream.decodeResponse({}, info)).toThrow(/pages/)
  const reply = { pages: [{ index: 0, markdown: '# A' }], usage_info: { pages_processed: 1 } }
  expect(mistralOcr.upstream.decodeResponse(reply, info)).toEqual({
    ...reply,
    object: 'ocr',
    model: 'mistral-ocr-latest',
  })
})

test.each([['1-3'], [{ length: -9 }], [['a']], [[-1]], [[0.5]]])(
  'pages %j are refused by their name',
  pages => {
    const document = { type: 'document_url', document_url: 'https://example.com/a.pdf' }
    const read = () => mistralOcr.inbound?.decodeRequest({ model: 'm', document, pages }, inbound)
    expect(read).toThrow(/^pages: must be an array of whole numbers/)
  },
)
