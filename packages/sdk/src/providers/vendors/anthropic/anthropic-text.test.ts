import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { anthropicText } from './anthropic-text.ts'

let upstream: Upstream
const caller = new ProviderCaller(anthropicText)
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hi' },
  { role: 'assistant' as const, content: 'Yes?' },
  { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello there' }] },
]
const options = (request: JsonObject = {}) => ({
  endpoint: 'chat' as const,
  deployment: { model: 'claude-2.1', apiBase: upstream.url, apiKey: 'sk-ant-1' },
  request: { messages, ...request },
})

test('turns become a prompt, and the completion a message', async () => {
  const reply = await caller.whole(options({ max_tokens: 50, stop: 'X', temperature: 1.5 }))
  expect(reply.choices[0]).toMatchObject({
    message: { role: 'assistant', content: 'You said: Hello there' },
    finish_reason: 'stop',
  })
  expect(upstream.requests.at(-1)).toMatchObject({
    path: '/v1/complete',
    body: {
      prompt: 'Be brief.\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Hello there\n\nAssistant:',
      max_tokens_to_sample: 50,
      stop_sequences: ['X', '\n\nHuman:'],
      temperature: 1,
    },
  })
  expect(caller.warnings).toMatchObject([{ action: 'clamped', param: 'temperature' }])
})

test('a stream says the same, and one that was cut has not ended', async () => {
  const events = await caller.stream(options())
  expect(events.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('You said: Hello there')
  expect(events.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  upstream.script({ cutAfterBytes: 400 })
  await expect(caller.stream(options())).rejects.toThrow()
})

test('too long an answer, tools and pictures', async () => {
  upstream.script({ reply: { finish: 'length' } })
  expect((await caller.whole(options())).choices[0]?.finish_reason).toBe('length')
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
  const history = [...messages, { role: 'assistant', content: null, tool_calls: [call] }]
  expect(await caller.failure(options({ messages: history }))).toMatchObject({
    kind: 'unsupported_params',
    param: 'messages[4]',
  })
  expect(await caller.failure(options({ tools: [] }))).toMatchObject({ kind: 'unsupported_params' })
})

test('a wrong key is told as Anthropic tells it', async () => {
  const wrong = { ...options(), deployment: { ...options().deployment, apiKey: 'bad-key' } }
  expect(await caller.failure(wrong)).toMatchObject({ kind: 'authentication', status: 401 })
})
