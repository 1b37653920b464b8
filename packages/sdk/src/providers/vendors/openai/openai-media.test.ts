import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DOT } from '../../../endpoints/image-edit.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { urlOf } from '../../bind.ts'
import { providers } from '../../registry.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

function named(name: string) {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(`No provider ${name}.`)
  return provider
}

const sentTo = () => {
  const { path, query, headers } = upstream.requests.at(-1) ?? {}
  return { path, version: query?.get('api-version'), key: headers?.['api-key'] }
}

describe('Azure', () => {
  const caller = new ProviderCaller(named('azure'))
  const at = () => ({ model: 'gpt-image-1', apiKey: 'vendor-key', apiBase: upstream.url })

  test('makes images at the deployment’s path', async () => {
    const { data } = await caller.whole({
      endpoint: 'image_generation',
      clientFormat: 'openai-images',
      deployment: { ...at(), apiVersion: '2025-04-01-preview' },
      request: { prompt: 'an otter' },
    })
    expect(data[0]?.b64_json).toMatch(/^iVBOR/)
    expect(sentTo()).toEqual({
      path: '/openai/deployments/gpt-image-1/images/generations',
      version: '2025-04-01-preview',
      key: 'vendor-key',
    })
  })

  test('edits images there too', async () => {
    const { data } = await caller.whole({
      endpoint: 'image_edit',
      clientFormat: 'openai-image-edits',
      deployment: at(),
      request: { prompt: 'a hat', image: [DOT] },
    })
    expect(data[0]?.b64_json).toMatch(/^iVBOR/)
    expect(sentTo().path).toBe('/openai/deployments/gpt-image-1/images/edits')
  })

  test.each([undefined, 'v1', 'preview', '2024-10-21'])(
    'keeps its videos on the v1 route, whatever the version: %s',
    apiVersion => {
      const provider = named('azure')
      const binding = provider.endpoints.video_generation?.[0]
      if (binding === undefined) throw new Error('No videos.')
      for (const end of ['', '/openai', '/openai/v1', '/openai/deployments/sora-2']) {
        const deployment: Deployment = {
          id: 'd',
          group: 'g',
          provider: 'azure',
          model: 'sora-2',
          apiBase: `https://x.example${end}`,
          apiVersion,
        }
        const info = { id: 'i', now: 0, model: 'sora-2', stream: false, deployment, warn() {} }
        const wire = binding.codec.upstream.encodeRequest({ model: 'sora-2', prompt: 'x' }, info)
        const query = apiVersion === 'preview' ? '?api-version=preview' : ''
        expect(urlOf(provider, binding, info, undefined, wire)).toBe(
          `https://x.example/openai/v1/videos${query}`,
        )
      }
    },
  )
})

test('FLUX at Azure AI is asked like an Azure deployment, and gives bytes only', async () => {
  const caller = new ProviderCaller(named('azure_ai'))
  await caller.whole({
    endpoint: 'image_generation',
    clientFormat: 'openai-images',
    deployment: { model: 'FLUX-1.1-pro', apiKey: 'vendor-key', apiBase: upstream.url },
    request: { prompt: 'an otter', response_format: 'url' },
  })
  expect(sentTo()).toEqual({
    path: '/openai/deployments/FLUX-1.1-pro/images/generations',
    version: '2025-04-01-preview',
    key: 'vendor-key',
  })
  expect(caller.warnings).toEqual([expect.objectContaining({ param: 'response_format' })])
})
