import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProviderCaller } from '../testing/provider-caller.ts'
import { alephAlpha } from './aleph-alpha.ts'
import { nlpCloud } from './nlp-cloud.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['nlp-cloud', 'aleph-alpha'] })
})
afterAll(() => upstream.close())

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Say one two three' },
]

test('NLP Cloud: limits, stop texts and counts in its own words', async () => {
  const caller = new ProviderCaller(nlpCloud)
  const reply = await caller.whole({
    endpoint: 'chat',
    deployment: { model: 'chatdolphin', apiBase: upstream.baseUrl('nlp-cloud'), apiKey: 'k' },
    request: { messages, max_tokens: 5, stop: ['END', 'STOP'], temperature: 0.5 },
  })
  expect(upstream.requests.at(-1)?.body).toEqual({
    text: 'Be brief.\n\nSay one two three',
    remove_input: true,
    temperature: 0.5,
    max_length: 5,
    end_sequence: 'END',
    remove_end_sequence: true,
  })
  expect(caller.warnings).toEqual([expect.objectContaining({ action: 'approximated', param: 'stop' })])
  expect(reply.usage).toEqual({ prompt_tokens: 6, completion_tokens: 5, total_tokens: 11 })
})

test('NLP Cloud: several answers, and an answer without text', () => {
  const { upstream: half } = nlpCloud.endpoints.chat?.[0]?.codec ?? {}
  const info = {
    ...{
      id: 'c',
      now: 0,
      model: 'm',
      stream: false,
      deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
    },
    warn() {},
  }
  const reply = half?.decodeResponse({ generated_text: ['a', 'b'] }, info)
  expect(reply?.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, 'a'],
    [1, 'b'],
  ])
  expect(() => half?.decodeResponse({}, info)).toThrow(/generated_text/)
})

test('Aleph Alpha: text completions, whole and streamed, cut by the limit', async () => {
  const caller = new ProviderCaller(alephAlpha)
  const deployment = { model: 'luminous', apiBase: upstream.baseUrl('aleph-alpha'), apiKey: 'k' }
  const request = { prompt: 'one two three', max_tokens: 3, stop: 'END' }
  const options = {
    endpoint: 'text_completion' as const,
    clientFormat: 'openai-completions',
    deployment,
    request,
  }
  const whole = await caller.whole(options)
  expect(whole.choices[0]).toMatchObject({ text: 'You said: one ', finish_reason: 'length' })
  expect(upstream.requests.at(-1)?.body).toEqual({
    ...{ model: 'luminous', prompt: 'one two three', maximum_tokens: 3, stop_sequences: ['END'] },
  })
  const chunks = await caller.stream(options)
  expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('You said: one ')
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 3 })
})

test('Aleph Alpha: a stream without its summary is truncated, one that fails an error', async () => {
  const caller = new ProviderCaller(alephAlpha)
  const deployment = { model: 'luminous', apiBase: upstream.baseUrl('aleph-alpha'), apiKey: 'k' }
  const options = { endpoint: 'chat' as const, deployment, request: { messages } }
  upstream.script({ events: [{ type: 'stream_chunk', index: 0, completion: 'You' }] })
  await expect(caller.stream(options)).rejects.toMatchObject({ kind: 'truncated' })
  upstream.script({
    events: [{ type: 'stream_chunk', index: 0, completion: 'You' }, { error: 'Worker died.' }],
  })
  await expect(caller.stream(options)).rejects.toThrow(/Worker died/)
})

test('Aleph Alpha: lists of prompts are refused', async () => {
  const error = await new ProviderCaller(alephAlpha).failure({
    endpoint: 'text_completion',
    deployment: { model: 'luminous', apiBase: upstream.baseUrl('aleph-alpha'), apiKey: 'k' },
    request: { prompt: ['a', 'b'] },
  })
  expect(error).toMatchObject({ kind: 'unsupported_params', param: 'prompt' })
})
