import { describe, expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import { prepare } from '../steps/prepare.ts'
import { testHost } from '../testing/ask.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import { providers } from './registry.ts'

/** What callers may write where a wildcard deployment takes any model's name. */
const HOSTILE = [
  '..',
  '../../v1/files',
  'a/../../../v1/files',
  'deployments/../../v1/files',
  'projects/../../v1/files',
  'owner/name?key=stolen',
  'owner/name#end',
  'owner/name&key=stolen',
  '%2e%2e/v1/files',
  'owner/%2e%2e%2fv1',
  'owner\\..\\v1',
  'owner/name\r\nx-injected: 1',
  '@evil.example/v1',
  '//evil.example/v1',
]

const remote = [...providers.values()].filter(({ answer }) => answer === undefined)
const host = testHost()

/** Where a call would go before it is signed; `undefined` when it is refused. */
function addressOf(provider: string, endpoint: EndpointName, model: string, more: JsonObject = {}) {
  const isOwnServer = typeof providers.get(provider)?.baseUrl === 'function'
  const ask = {
    endpoint,
    request: { ...endpoints[endpoint].sample, model, ...more } as unknown as RequestOf<EndpointName>,
    deployment: {
      ...{ id: 'd', group: 'g', provider, model, apiKey: 'sk-0123456789' },
      params: { project_id: 'p' },
      ...(isOwnServer && { apiBase: 'https://own.example' }),
    },
    ...{ id: 'i', now: 0, timeoutMs: 1, clientFormat: 'openai-chat' },
    strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
    warn() {},
  }
  try {
    const prepared = prepare(ask, host)
    // Placeholders are filled in when the request is signed.
    return 'outgoing' in prepared
      ? prepared.outgoing.url.replaceAll(/\{[a-z]+\}|[A-Z]{3,}_[A-Z_]+/g, 'x')
      : undefined
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

describe.each(remote.map(({ name }) => name))('at %s', name => {
  const served = Object.keys(providers.get(name)?.endpoints ?? {}) as EndpointName[]

  test.each(served)('CVE-2026-29791: a model’s name stays in its place in the address of %s', endpoint => {
    const usual = addressOf(name, endpoint, 'owner/name') ?? addressOf(name, endpoint, 'm')
    for (const model of HOSTILE) {
      const url = addressOf(name, endpoint, model)
      if (url === undefined) continue
      expect(url, model).toMatch(/^[!-~]+$/)
      expect(url, model).not.toMatch(/[\\#]/)
      const { href, host: named, pathname, searchParams } = new URL(url)
      expect([url, `${url}/`], 'there is nothing to be tidied up').toContain(href)
      expect(decodeURIComponent(pathname).split(/[\\/]/)).not.toContain('..')
      expect([...searchParams.keys()], model).not.toContain('key')
      if (usual !== undefined) expect(named, model).toBe(new URL(usual).host)
    }
  })
})

test('CVE-2026-29791: neither does a voice', () => {
  const at = (voice: string) => addressOf('elevenlabs', 'speech', 'eleven_v3', { voice })
  expect(at('a voice/?x#y')).toContain('/v1/text-to-speech/a%20voice%2F%3Fx%23y?')
  expect(at('..')).toBeUndefined()
  expect(at('../voices')).toBeUndefined()
})
