import { expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import { prepare } from '../steps/prepare.ts'
import { testHost } from '../testing/ask.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'

const host = testHost()

/** The body a call would send, when it is JSON. */
function bodyOf({ name, baseUrl }: Provider, endpoint: EndpointName, model: string, more: JsonObject) {
  const ask = {
    endpoint,
    request: { ...endpoints[endpoint].sample, model, ...more } as unknown as RequestOf<EndpointName>,
    deployment: {
      ...{ id: 'd', group: 'g', provider: name, model, apiKey: 'sk-0123456789' },
      params: { project_id: 'p' },
      ...(typeof baseUrl === 'function' && { apiBase: 'https://own.example' }),
    },
    ...{ id: 'i', now: 0, timeoutMs: 1, clientFormat: 'openai-chat' },
    strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
    warn() {},
  }
  try {
    const prepared = prepare(ask, host)
    if (!('outgoing' in prepared)) return undefined
    const { body, headers } = prepared.outgoing
    if (!headers['content-type']?.includes('json')) return undefined
    const parsed: unknown = JSON.parse(body?.toString() ?? 'null')
    return isJsonObject(parsed) ? parsed : undefined
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

test('CVE-2026-47101: no other field of a request names another model than the one its key may use', () => {
  const named: string[] = []
  let seen = 0
  for (const provider of providers.values())
    for (const endpoint of Object.keys(provider.endpoints) as EndpointName[])
      for (const model of ['zqx7', ...(provider.exampleModels ?? [])]) {
        if (provider.answer || endpoint === 'search') continue
        // The name, or what is left of it without a prefix.
        const name = model.slice(model.lastIndexOf('/') + 1)
        const holds = (value: unknown) => JSON.stringify(value).includes(name)
        for (const [key, value] of Object.entries(bodyOf(provider, endpoint, model, {}) ?? {})) {
          if (key === 'model' || key in (endpoints[endpoint].sample ?? {}) || !holds(value)) continue
          seen++
          const other = { [key]: isJsonObject(value) ? { other: 1 } : 'other' }
          const sent = bodyOf(provider, endpoint, model, other)
          if (sent && !holds(sent[key])) named.push(`${provider.name} ${endpoint} ${model}: ${key}`)
        }
      }
  expect(seen).toBeGreaterThan(20)
  expect(named).toEqual([])
})
