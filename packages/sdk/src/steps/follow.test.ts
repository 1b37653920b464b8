import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import type { Provider } from '../providers/provider.ts'
import { providers } from '../providers/registry.ts'
import { ProviderCaller } from '../providers/testing/provider-caller.ts'

const bfl = providers.get('black_forest_labs') as Provider
const READY = JSON.stringify({ status: 'Ready', result: { sample: 'https://x.example/y.png' } })

/** A provider whose jobs are to be looked for wherever a test says. */
let pollingUrl = ''
const paths: (string | undefined)[] = []
const server = createServer((request, response) => {
  paths.push(request.url)
  response.setHeader('content-type', 'application/json')
  response.end(request.method === 'POST' ? JSON.stringify({ id: 'j', polling_url: pollingUrl }) : READY)
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
beforeEach(() => {
  paths.length = 0
})
afterAll(() => void server.close())

const asked = {
  endpoint: 'image_generation' as const,
  deployment: { model: 'flux', apiKey: 'vendor-key', apiBase: base },
  request: { prompt: 'a cat' },
}

test('an answer at the provider’s own host is looked for', async () => {
  pollingUrl = `${base}/v1/get_result?id=j`
  expect((await new ProviderCaller(bfl).whole(asked)).data[0]?.url).toBe('https://x.example/y.png')
  expect(paths).toEqual(['/v1/flux', '/v1/get_result?id=j'])
})

test.each([
  'https://127.0.0.1/',
  'https://localhost/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:10.0.0.1]/',
  'https://10.1/',
])('CVE-2026-8768: an answer at %s is not looked for', async url => {
  pollingUrl = url
  const error = await new ProviderCaller(bfl).failure(asked)
  expect(error.message).toMatch(/is not public/)
  expect(error).toMatchObject({ status: 502, retryable: false })
  expect(paths).toHaveLength(1)
})

test.each(['http://bfl.ai/', 'http://127.0.0.1:9/', 'file:///etc/passwd'])(
  'an answer elsewhere is not looked for without encryption: %s',
  async url => {
    pollingUrl = url
    expect((await new ProviderCaller(bfl).failure(asked)).message).toMatch(/not encrypted/)
  },
)

test.each(['evilbfl.ai', 'bfl.ai.evil.example', 'evil.example'])(
  'CVE-2024-6587: %s hears nothing of the key, however alike its name is',
  async name => {
    const sent: OutgoingRequest[] = []
    const caller = new ProviderCaller(bfl)
    const exchange = (request: OutgoingRequest) => {
      sent.push(request)
      return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(READY) })
    }
    pollingUrl = `https://${name}/bfl.ai`
    await caller.whole(asked, { ...caller.host, media: { ...caller.host.media, exchange } })
    expect(sent.map(({ headers }) => Object.keys(headers))).toEqual([['user-agent']])
  },
)
