import {
  createCatalogue,
  createHost,
  type Deployment,
  type EndpointName,
  type JsonObject,
  openRecord,
  RouteTable,
} from 'sluice/internal'
import { expect, test } from 'vitest'
import { adminCaller } from '../auth/caller.ts'
import { loadText } from '../config/testing/load-text.ts'
import { findDoor } from '../http/doors.ts'
import { claimOf } from './claim.ts'
import type { InferenceRequest } from './inference-request.ts'
import { understand } from './understand.ts'

const catalogue = createCatalogue()
const price = {
  input_cost_per_query: 0.001,
  ocr_cost_per_page: 0.001,
  output_cost_per_image: 0.001,
  output_cost_per_video_per_second: 0.001,
  input_cost_per_character: 0.001,
}
const deployment: Deployment = {
  id: 'd',
  group: 'priced',
  provider: 'openai',
  model: 'no-price-list-knows-it',
  modelInfo: price,
}

/** What a request would reserve, nano-dollars. */
async function claimed(path: string, body: JsonObject) {
  const { settings } = await loadText('general_settings: {}')
  const host = createHost(catalogue, () => undefined, 1024)
  const routes = new RouteTable([deployment], settings.router, host)
  const door = findDoor('POST', path)
  if (door === undefined) throw new Error(`${path} is no door.`)
  const open = { id: 'i', callId: 'i', endpoint: door.endpoint, format: door.codec.format, startedAt: 0 }
  const from: InferenceRequest<EndpointName> = {
    open,
    codec: door.codec,
    model: door.model,
    stream: door.stream,
    access: 'llm',
    credential: undefined,
    bytes: Buffer.from(JSON.stringify({ model: 'priced', ...body })),
    arrived: 0,
    route: path,
    hints: {},
  }
  const caller = adminCaller()
  const asked = await understand(from, caller, openRecord({ ...open, requestedModel: '' }), settings)
  return claimOf(asked, from, caller, 0, { routes, catalogue, settings }).nanoUsd
}

const document = { type: 'document_url', document_url: 'https://example.com/a.pdf' }

test.each<[path: string, body: JsonObject]>([
  ['/v1/ocr', { document, pages: [] }],
  ['/v1/ocr', { document, pages: null }],
  ['/v1/videos', { prompt: 'a', seconds: '0' }],
  ['/v1/videos', { prompt: 'a', seconds: '-8' }],
  ['/v1/videos', { prompt: 'a', seconds: 'four' }],
  ['/v1/images/generations', { prompt: 'a' }],
])(
  'CVE-2026-12797: no endpoint’s claim is nothing, which every budget would let through: %s %j',
  async (path, body) => {
    expect(await claimed(path, body)).toBeGreaterThanOrEqual(1_000_000)
  },
)

test('what it says is what it costs at most', async () => {
  expect(await claimed('/v1/ocr', { document, pages: [0, 1, 2] })).toBe(3_000_000)
  expect(await claimed('/v1/videos', { prompt: 'a', seconds: '8' })).toBe(8_000_000)
})
