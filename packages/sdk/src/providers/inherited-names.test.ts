import { expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import { prepare } from '../steps/prepare.ts'
import { testHost } from '../testing/ask.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'

/** What every object inherits: a table that is asked for one of them must not know it. */
const INHERITED = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty']
/** Anything else than a list is refused before a provider is asked. */
const LISTS = new Set(['tools', 'modalities', 'search_domain_filter', 'pages'])
const given = (param: string, word: string) => (LISTS.has(param) ? [word] : word)
const host = testHost()

/** What a call would send, as text; `undefined` when it is refused. Throws what is no refusal. */
function sent({ name, baseUrl }: Provider, endpoint: EndpointName, model: string, more: JsonObject) {
  const ask = {
    endpoint,
    request: { ...endpoints[endpoint].sample, model, ...more } as unknown as RequestOf<EndpointName>,
    deployment: {
      ...{ id: 'd', group: 'g', provider: name, model, apiKey: 'sk-0123456789' },
      params: { project_id: 'p' },
      ...(typeof baseUrl === 'function' && { apiBase: 'https://own.example' }),
    },
    ...{ id: 'i', now: 0, timeoutMs: 1, clientFormat: 'openai-chat' },
    strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
    warn() {},
  }
  try {
    const prepared = prepare(ask, host)
    if (!('outgoing' in prepared)) return undefined
    const { url, headers, body = '' } = prepared.outgoing
    return `${url} ${JSON.stringify(headers)} ${body.toString()}`
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

test('fixed in ai 5.0.198: names that objects inherit mean nothing to any provider', () => {
  const wrong: string[] = []
  for (const provider of providers.values()) {
    if (provider.answer) continue
    for (const endpoint of Object.keys(provider.endpoints) as EndpointName[]) {
      const [example = 'm'] = provider.exampleModels ?? []
      for (const word of INHERITED)
        for (const param of ['model', ...endpoints[endpoint].openaiParams]) {
          const model = param === 'model' ? word : example
          const text = sent(
            provider,
            endpoint,
            model,
            param === 'model' ? {} : { [param]: given(param, word) },
          )
          if (text?.match(/native code|\[object|%5Bobject|undefined/))
            wrong.push(`${provider.name} ${endpoint} ${param}=${word}`)
        }
    }
  }
  expect(wrong).toEqual([])
})
