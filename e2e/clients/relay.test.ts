import { recordStream } from '@sluice/testkit'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { chatModels, post, providers, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const rig = await startRig()
afterAll(() => rig.close())
beforeEach(() => rig.upstream.reset())

const messages = [{ role: 'user', content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]

/** A request in each provider's own format, with odd spacing and a field nobody knows yet. */
const asks = {
  openai: {
    path: '/v1/chat/completions',
    body: (stream: boolean) =>
      `{ "messages":${JSON.stringify(messages)},\n  "model" : "gpt-4o" , "temperature":1.0${stream ? ',"stream":true,"stream_options":{"include_usage":true}' : ''} }`,
  },
  anthropic: {
    path: '/v1/messages',
    body: (stream: boolean) =>
      `{ "messages":${JSON.stringify(messages)},\n  "model" : "claude-sonnet-4-6" , "max_tokens":100${stream ? ',"stream":true' : ''} }`,
  },
  gemini: {
    path: '',
    body: () => `{ "contents":${JSON.stringify(contents)},\n "generationConfig" : {"temperature":1.0} }`,
  },
} as const

function pathOf(provider: keyof typeof asks, stream: boolean): string {
  if (provider !== 'gemini') return asks[provider].path
  return `/v1beta/models/${chatModels.gemini}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
}

async function raw(provider: keyof typeof asks, stream: boolean): Promise<Buffer> {
  const response = await fetch(`${rig.gateway.url}${pathOf(provider, stream)}`, {
    method: 'POST',
    headers: { 'x-litellm-api-key': rig.gateway.masterKey, 'content-type': 'application/json' },
    body: asks[provider].body(stream),
  })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

test.each(providers)('%s: a whole answer passes byte by byte, and so does the request', async provider => {
  const body = `{ "odd" :  "spacing", "usage":{}, "candidates":[], "choices":[] , "content":[]}\n`
  rig.upstream.script({ headers: { 'content-type': 'application/json' }, body: Buffer.from(body) })
  expect((await raw(provider, false)).toString()).toBe(body)
  expect(rig.upstream.requests.at(-1)?.raw.toString()).toBe(asks[provider].body(false))
})

test.each(providers)('%s: a stream passes byte by byte, however it is cut', async provider => {
  const rawStream = Buffer.from(recordStream(provider, { text: 'Grüße — 你好, and the rest' }))
  for (const chunkBytes of [1, 7, 4096]) {
    rig.upstream.script({ rawStream, chunkBytes })
    expect((await raw(provider, true)).toString()).toBe(rawStream.toString())
  }
  expect(rig.upstream.requests.at(-1)?.raw.toString()).toBe(asks[provider].body(true))
})

test('only the name of the model changes when the deployment has another', async () => {
  const body = `{"messages":${JSON.stringify(messages)}, "model": "openai/gpt-4.1" ,"seed": 7}`
  await fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rig.gateway.masterKey}` },
    body,
  })
  expect(rig.upstream.requests.at(-1)?.raw.toString()).toBe(body.replace('openai/gpt-4.1', 'gpt-4.1'))
})

test("the caller's key never goes upstream, in no header and no query", async () => {
  const key = await rig.newKey()
  for (const provider of providers) {
    await fetch(`${rig.gateway.url}${pathOf(provider, false)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'x-api-key': key, 'x-goog-api-key': key, 'api-key': key },
      body: asks[provider].body(false),
    })
  }
  expect(rig.upstream.requests).toHaveLength(3)
  for (const { headers, query, raw: sent } of rig.upstream.requests) {
    expect(JSON.stringify(headers) + query.toString() + sent.toString()).not.toContain(key)
    expect(JSON.stringify(headers)).toContain('vendor-key')
  }
})

test('usage of a relayed stream is charged though nobody asked for it', async () => {
  const key = await rig.newKey()
  const response = await post(
    rig.gateway,
    '/v1/chat/completions',
    { model: 'gpt-4o', messages, stream: true },
    key,
  )
  expect(await response.text()).not.toContain('"usage":{')
  expect((await spendLog(rig, response)).completion_tokens).toBe(4)
})
