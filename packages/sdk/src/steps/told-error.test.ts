import { startUpstream } from '@sluice/testkit'
import { afterAll, afterEach, expect, test } from 'vitest'
import { call } from '../call.ts'
import { createError, type SluiceError } from '../errors.ts'
import { askChat, deploymentAt, rejectionOf, testHost } from '../testing/ask.ts'
import { toldError } from './told-error.ts'

const upstream = await startUpstream()
const host = testHost()
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const outgoing = (headers: Record<string, string>) => ({ method: 'POST' as const, url: 'https://x', headers })
const told = (error: SluiceError, headers: Record<string, string>, secret?: string) =>
  toldError(error, { outgoing: outgoing(headers), secret }) as SluiceError

test.each([
  ['authorization', 'Bearer minted-0123456789'],
  ['authorization', 'minted-0123456789'],
  ['x-goog-api-key', 'minted-0123456789'],
  ['xi-api-key', 'minted-0123456789'],
  ['x-amz-security-token', 'minted-0123456789'],
  ['ocp-apim-subscription-key', 'minted-0123456789'],
  ['x-subscription-token', 'minted-0123456789'],
])('Guardrail logging leaked Authorization headers: a traded token in %s is not repeated', (name, value) => {
  const words = 'no such token: minted-0123456789'
  const error = createError({ kind: 'authentication', message: words, providerSpecificFields: { words } })
  const { message, providerSpecificFields, kind } = told(error, { [name]: value }, 'key-0123456789')
  expect([kind, message, providerSpecificFields]).toEqual([
    'authentication',
    'no such token: [key]',
    { words: 'no such token: [key]' },
  ])
})

test('what has nothing to hide is the very same error', () => {
  const error = createError({ kind: 'bad_request', message: 'no', providerSpecificFields: { a: 1 } })
  expect(told(error, { 'content-type': 'application/json', authorization: 'Bearer abcdefgh' })).toBe(error)
  expect(toldError(error, undefined)).toBe(error)
})

const at = (provider: string) => (provider === 'openai' ? `${upstream.url}/v1` : upstream.url)
const answer = (text: string) => ({ error: { code: 500, status: 'INTERNAL', message: text } })

test.each(['openai', 'anthropic', 'gemini'])(
  'CVE-2026-8769: of %s’s words an error tells what can be read',
  async provider => {
    upstream.script({ status: 500, body: Buffer.from(JSON.stringify(answer('x'.repeat(500_000)))) })
    const error = (await rejectionOf(
      call(askChat(deploymentAt(at(provider), { provider })), host),
    )) as SluiceError
    expect(error.status).toBe(500)
    expect(error.message.length).toBeLessThan(5_000)
    expect(JSON.stringify(error.providerSpecificFields).length).toBeLessThan(20_000)
  },
)

test.each(['openai', 'anthropic', 'gemini'])('a web page is no part of an error of %s', async provider => {
  const page = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>'
  upstream.script({ status: 502, body: Buffer.from(page) })
  const error = (await rejectionOf(
    call(askChat(deploymentAt(at(provider), { provider })), host),
  )) as SluiceError
  expect(JSON.stringify([error.message, error.providerSpecificFields])).not.toMatch(/<|nginx/)
})
