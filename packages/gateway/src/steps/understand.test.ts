import { codecs, openRecord } from 'sluice/internal'
import { expect, test } from 'vitest'
import { adminCaller } from '../auth/caller.ts'
import { loadText } from '../config/testing/load-text.ts'
import { understand } from './understand.ts'

const always = 'general_settings: { always_include_stream_usage: true }'
const messages = [{ role: 'user', content: 'hi' }]

/** What is made of a chat request in OpenAI's format. */
async function understood(body: object, config: string) {
  const { settings } = await loadText(config)
  const open = {
    id: 'id',
    callId: 'id',
    endpoint: 'chat' as const,
    format: 'openai-chat',
    startedAt: 0,
  }
  const record = openRecord({ ...open, requestedModel: '' })
  const from = {
    open,
    codec: codecs.openaiChat,
    model: undefined,
    stream: undefined,
    credential: undefined,
    bytes: Buffer.from(JSON.stringify({ model: 'a', messages, ...body })),
    arrived: 0,
    route: '/v1/chat/completions',
    hints: {},
  }
  return understand(from, adminCaller(), record, settings)
}

test('with always_include_stream_usage a stream reports its usage as if the client had asked', async () => {
  const { request, route } = await understood({ stream: true, stream_options: { extra: 1 } }, always)
  expect(request.stream_options).toEqual({ extra: 1, include_usage: true })
  expect(route.request).toBe(request)
  // Relayed, the usage would be taken out of the answer: the client's bytes do not ask for it.
  expect(route.original).toBeUndefined()
})

test.each<[string, { stream?: boolean; stream_options?: object }, string]>([
  ['a client that asked itself', { stream: true, stream_options: { include_usage: true } }, always],
  ['a client that said no', { stream: true, stream_options: { include_usage: false } }, always],
  ['a whole answer', {}, always],
  ['a gateway without the setting', { stream: true }, 'general_settings: {}'],
])('%s is left as it is', async (_name, body, config) => {
  const { request, route } = await understood(body, config)
  expect(request.stream_options).toEqual(body.stream_options)
  expect(route.original?.format).toBe('openai-chat')
})
