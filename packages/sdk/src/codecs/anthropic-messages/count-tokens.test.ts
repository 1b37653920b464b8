import { expect, test } from 'vitest'
import { decodeCountTokens, encodeCountTokens, encodeCountTokensResponse } from './count-tokens.ts'
import { testInfo } from './testing/call-info.ts'

test('a count asks with what has tokens and leaves limits and sampling out', () => {
  const { body } = encodeCountTokens(
    {
      model: 'alias',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'Hi' },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
      max_tokens: 5,
      temperature: 0.5,
      user: 'u',
      stream: true,
    },
    testInfo(undefined, { stream: true }),
  )
  expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'system', 'tools'])
})

test('a count is read, and written for clients', () => {
  expect(decodeCountTokens({ input_tokens: 14 })).toBe(14)
  expect(encodeCountTokensResponse(14)).toEqual({ input_tokens: 14 })
  expect(() => decodeCountTokens({})).toThrowError(expect.objectContaining({ kind: 'bad_gateway' }))
})
