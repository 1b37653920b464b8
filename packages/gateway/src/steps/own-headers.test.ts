import { providers } from 'sluice/internal'
import { expect, test } from 'vitest'
import { OWN_HEADERS } from './caller-extras.ts'

/** They say something about the request, and nothing of who makes it. */
const HARMLESS = new Set([
  ...['accept', 'anthropic-version', 'originator', 'user-agent', 'x-runway-version', 'x-github-api-version'],
  ...['copilot-integration-id', 'editor-plugin-version', 'editor-version', 'openai-intent', 'x-title'],
])

test('CVE-2026-31908: no caller sends along a header that a provider’s credentials set', async () => {
  const secret = 'login:secret-0123456789'
  const deployment = { id: 'd', group: 'g', provider: 'p', model: 'm', apiKey: secret }
  const signing = {
    now: Date.now,
    secret: () => undefined,
    exchange: () => Promise.reject(new Error('none')),
  }
  const seen = new Set<string>()
  for (const { credentials, name } of providers.values()) {
    const headers: Record<string, string> = {}
    const request = { method: 'POST' as const, url: 'https://vendor.example/v2/m', headers, body: '{}' }
    try {
      await credentials.sign(request, secret, { ...deployment, provider: name }, signing)
    } catch {
      // What must be traded for a token first is an authorization in the end.
    }
    for (const header of Object.keys(request.headers)) if (!HARMLESS.has(header)) seen.add(header)
  }
  expect(seen.size).toBeGreaterThan(8)
  expect([...seen].filter(header => !OWN_HEADERS.has(header))).toEqual([])
})
