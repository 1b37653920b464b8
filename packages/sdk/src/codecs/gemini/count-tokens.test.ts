import { expect, test } from 'vitest'
import { decodeCountTokens, decodeCountTokensRequest, encodeCountTokens } from './count-tokens.ts'
import { clientInfo, upstreamInfo } from './testing/call-info.ts'

test('the whole request is counted, system text included', () => {
  const messages = [
    { role: 'system' as const, content: 's' },
    { role: 'user' as const, content: 'u' },
  ]
  const body = encodeCountTokens({ model: 'm', messages }, upstreamInfo())
  expect(body).toEqual({
    generateContentRequest: {
      model: 'models/gemini-2.5-flash',
      contents: [{ role: 'user', parts: [{ text: 'u' }] }],
      systemInstruction: { parts: [{ text: 's' }] },
    },
  })
  expect(decodeCountTokensRequest(body, clientInfo()).messages).toEqual(messages)
})

test('clients may send bare contents', () => {
  const { messages } = decodeCountTokensRequest({ contents: [{ parts: [{ text: 'u' }] }] }, clientInfo())
  expect(messages).toEqual([{ role: 'user', content: 'u' }])
})

test('an answer without a total is a bad gateway', () => {
  expect(decodeCountTokens({ totalTokens: 31 })).toBe(31)
  expect(() => decodeCountTokens({})).toThrow(expect.objectContaining({ kind: 'bad_gateway' }))
})
