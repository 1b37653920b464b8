import { describe, expect, test } from 'vitest'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { decodeVector } from '../embedding-vector.ts'
import { openaiEmbeddings } from './codec.ts'

const { upstream, inbound, relay } = openaiEmbeddings
const info: CallInfo = {
  id: 'c',
  now: 0,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}
const asked: InboundInfo = { id: 'c', now: 0, warn() {} }

test('`encoding_format: null` broke vLLM: nulls are not sent, all else is', () => {
  const request = { model: 'a', input: ['x'], encoding_format: null, dimensions: null, user: 'u', own: 1 }
  expect(upstream.encodeRequest(request, info).body).toEqual({ model: 'm', input: ['x'], user: 'u', own: 1 })
})

describe('decodeRequest', () => {
  test.each<[unknown, RegExp]>([
    ['x', /^The request body must be a JSON object/],
    [{ input: 'x' }, /^model: must be a non-empty string/],
    [{ model: 'm' }, /^input: must be a non-empty string, or a non-empty array/],
    [{ model: 'm', input: '' }, /^input: /],
    [{ model: 'm', input: [] }, /^input: /],
  ])('%j is refused by field', (body, message) => {
    expect(() => inbound?.decodeRequest(body, asked)).toThrow(message)
  })

  test.each(['x', ['x'], [1, 2], [[1], [2]]])('takes %j as it is', input => {
    const body = { model: 'm', input, own: 1 }
    expect(inbound?.decodeRequest(body, asked)).toBe(body)
  })
})

describe('replies', () => {
  const reply = () => ({
    object: 'list' as const,
    model: 'm',
    data: [{ object: 'embedding' as const, index: 0, embedding: [0.5, -0.25] }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  })

  test('pass as they came; without data they are a bad gateway', () => {
    expect(upstream.decodeResponse(reply(), info)).toEqual(reply())
    expect(() => upstream.decodeResponse({ data: 'x' }, info)).toThrow(
      expect.objectContaining({ name: 'BadGatewayError', provider: 'p' }),
    )
  })

  test('are base64 for those who asked for it', () => {
    const encoded = inbound?.encodeResponse(
      reply(),
      { model: 'm', input: 'x', encoding_format: 'base64' },
      asked,
    )
    const [item] = (encoded as ReturnType<typeof reply>).data
    expect(typeof item?.embedding).toBe('string')
    expect(decodeVector(item?.embedding ?? '')).toEqual([0.5, -0.25])
  })

  test('tell the relay what they cost', () => {
    expect(relay?.usage(reply()).usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 0,
      total_tokens: 3,
    })
    expect(relay?.usage({})).toEqual({})
  })
})
