import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completion } from '../../api/calls/completion.ts'
import { textCompletion } from '../../api/calls/text-completion.ts'
import type { RunOptions } from '../../api/run.ts'
import type { ChatRequest } from '../../types/chat.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const options = (): RunOptions => ({ apiBase: upstream.baseUrl('ollama'), numRetries: 0 })
const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hello there' }]
const tools = [
  {
    type: 'function',
    function: { name: 'clock', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
  },
]

test('a conversation with tools, without a key', async () => {
  const asked = { model: 'ollama/qwen3', messages, tools }
  const { message } = (await completion(asked, options())).choices[0] ?? {}
  const call = message?.tool_calls?.[0]
  if (message === undefined || call === undefined) throw new Error('No call.')
  expect(call.function).toEqual({ name: 'clock', arguments: '{"zone":"some zone"}' })
  const answered = await completion(
    { ...asked, messages: [...messages, message, { role: 'tool', tool_call_id: call.id, content: 'noon' }] },
    options(),
  )
  expect(answered.choices[0]?.message.content).toBe('The tool answered: noon')
  expect(upstream.requests.at(-1)?.headers.authorization).toBeUndefined()
})

test('the address of its OpenAI door leads here too', async () => {
  for (const door of ['/v1', '/api/']) {
    const apiBase = upstream.baseUrl('ollama') + door
    await completion({ model: 'ollama/qwen3', messages }, { ...options(), apiBase })
    expect(upstream.requests.at(-1)?.path).toBe('/api/chat')
  }
})

test('thinking and usage, streamed', async () => {
  const stream = await completion(
    { model: 'ollama_chat/qwen3', messages, reasoning_effort: 'high', stream: true },
    options(),
  )
  let thinking = ''
  let text = ''
  for await (const { choices } of stream) {
    thinking += choices[0]?.delta.reasoning_content ?? ''
    text += choices[0]?.delta.content ?? ''
  }
  expect([thinking, text]).toEqual(['Thinking about: Hello there', 'You said: Hello there'])
  expect(await stream.result).toMatchObject({ usage: { prompt_tokens: 2 }, usageEstimated: false })
})

test('text completions, whole and streamed, with what comes after', async () => {
  const request = { model: 'ollama/codellama', prompt: 'def f():', suffix: 'return x', max_tokens: 3 }
  const whole = await textCompletion(request, options())
  expect(whole.choices[0]).toMatchObject({ text: 'You said: def ', finish_reason: 'length' })
  expect(upstream.requests.at(-1)?.body).toMatchObject({ suffix: 'return x', options: { num_predict: 3 } })
  let text = ''
  for await (const { choices } of await textCompletion({ ...request, stream: true }, options()))
    text += choices[0]?.text ?? ''
  expect(text).toBe('You said: def ')
  expect(whole.usage).toMatchObject({ completion_tokens: 3 })
})

test('an error line ends the stream; a status is its kind', async () => {
  const stream = await completion(
    { model: 'ollama/testkit-error-event-2', messages, stream: true },
    options(),
  )
  const drain = async () => {
    for await (const _chunk of stream);
  }
  await expect(drain()).rejects.toMatchObject({ name: 'ServiceUnavailableError' })
  const missing = completion({ model: 'ollama/testkit-404', messages }, options())
  await expect(missing).rejects.toMatchObject({ name: 'NotFoundError', provider: 'ollama' })
})
