import { expect, test } from 'vitest'
import { Router } from './router.ts'
import type { WireName } from './wire.ts'

function find(method: string, path: string, names?: readonly WireName[]) {
  const router = new Router(names)
  const headers = { 'anthropic-version': '2023-06-01' }
  const found = router.start({ method, path, query: new URLSearchParams('api-version=1'), headers })
  router.find(found)
  return found.route ? `${found.wire.name} ${found.head.prefix ?? ''} ${found.head.path}` : 'nothing'
}

test.each([
  ['POST', '/v1/messages', 'anthropic  /v1/messages'],
  ['POST', '/anthropic/v1/messages', 'anthropic /anthropic /v1/messages'],
  ['POST', '/gemini/v1beta/models/m:generateContent', 'gemini /gemini /v1beta/models/m:generateContent'],
  ['POST', '/openai/v1/chat/completions', 'azure  /openai/v1/chat/completions'],
  ['POST', '/azure/openai/v1/chat/completions', 'azure /azure /openai/v1/chat/completions'],
  ['POST', '/anthropic/v1/chat/completions', 'nothing'],
  ['POST', '/nobody/v1/messages', 'nothing'],
])('%s %s leads to: %s', (method, path, expected) => {
  expect(find(method, path)).toBe(expected)
})

test('wires are tried in the order a test names them, and others are not served', () => {
  expect(find('GET', '/v1/models')).toMatch(/^anthropic/)
  expect(find('GET', '/v1/models', ['openai', 'anthropic'])).toMatch(/^openai/)
  expect(find('POST', '/anthropic/v1/messages', ['openai'])).toBe('nothing')
})
