import { expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import { prepare } from '../steps/prepare.ts'
import { testHost } from '../testing/ask.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { Warning } from '../types/warning.ts'
import { CREDENTIAL_PARAMS } from './params/credential-params.ts'
import { providers } from './registry.ts'

const host = testHost()
const foreign = Object.fromEntries([...CREDENTIAL_PARAMS].map(name => [name, `foreign-${name}`]))
const doors = [...providers.values()].flatMap(({ name, answer, endpoints: served }) =>
  answer ? [] : (Object.keys(served) as EndpointName[]).map(endpoint => [name, endpoint] as const),
)

/** A call whose request names credentials of the caller's own, as it would be signed. */
function sent(provider: string, endpoint: EndpointName, original: boolean) {
  const warnings: Warning[] = []
  const request = { ...endpoints[endpoint].sample, ...foreign, model: 'owner/name' }
  const ask = {
    endpoint,
    request: request as unknown as RequestOf<EndpointName>,
    deployment: {
      ...{ id: 'd', group: 'g', provider, model: 'owner/name', apiKey: 'sk-0123456789' },
      params: { project_id: 'own-project' },
      ...(typeof providers.get(provider)?.baseUrl === 'function' && { apiBase: 'https://own.example' }),
    },
    ...{ id: 'i', now: 0, timeoutMs: 1, clientFormat: 'openai-chat' },
    ...(original && {
      original: { format: 'openai-chat', bytes: Buffer.from(JSON.stringify(request)), body: request },
    }),
    strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
    warn: (warning: Warning) => void warnings.push(warning),
  }
  try {
    const prepared = prepare(ask, host)
    if (!('outgoing' in prepared)) return undefined
    const { url, headers, body = '' } = prepared.outgoing
    return { text: `${url} ${JSON.stringify(headers)} ${body.toString()}`, warnings }
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

test('CVE-2024-6587: credentials in a request are neither used nor sent, and their sender is told', () => {
  let seen = 0
  for (const [provider, endpoint] of doors)
    for (const original of [false, true]) {
      const found = sent(provider, endpoint, original)
      if (found === undefined) continue
      seen++
      expect([provider, endpoint, found.text]).not.toContainEqual(expect.stringContaining('foreign-'))
      const ignored = found.warnings.filter(({ action }) => action === 'ignored').map(({ param }) => param)
      expect(ignored, `${provider} ${endpoint}`).toEqual(expect.arrayContaining([...CREDENTIAL_PARAMS]))
    }
  expect(seen).toBeGreaterThan(150)
})
