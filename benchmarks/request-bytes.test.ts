import { expect, test } from 'vitest'
import { requestBytes } from './request-bytes.ts'
import { scenarios } from './scenarios.ts'

const target = {
  port: 9100,
  path: '/v1/chat/completions',
  headers: { authorization: 'Bearer sk' },
  model: 'bench-gpt',
}

test.each(scenarios)('$name has a body of exactly its size, of valid JSON', scenario => {
  const [head = '', body = ''] = requestBytes(scenario, target).toString().split('\r\n\r\n')
  expect(head).toContain(`content-length: ${scenario.bytes}`)
  expect(Buffer.byteLength(body)).toBe(scenario.bytes)
  const parsed = JSON.parse(body)
  expect(parsed.model).toBe('bench-gpt')
  expect(parsed.stream ?? false).toBe(scenario.reply !== 'whole')
  expect(parsed.messages.at(-1).role).toBe('user')
})
