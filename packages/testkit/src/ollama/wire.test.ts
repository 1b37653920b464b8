import { Ollama } from 'ollama'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../upstream.ts'

let upstream: Upstream
let client: Ollama
beforeAll(async () => {
  upstream = await startUpstream()
  client = new Ollama({ host: upstream.url })
})
afterAll(() => upstream.close())

const messages = [{ role: 'user', content: 'Hello there' }]

test('the official client chats, thinks and calls', async () => {
  const reply = await client.chat({ model: 'qwen3', messages, think: true })
  expect(reply).toMatchObject({
    message: { content: 'You said: Hello there', thinking: 'Thinking about: Hello there' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 2,
  })
  const tools = [
    { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
  ]
  const { message } = await client.chat({ model: 'qwen3', messages, tools })
  expect(message.tool_calls).toEqual([{ function: { index: 0, name: 'clock', arguments: {} } }])
})

test('the official client streams', async () => {
  let text = ''
  let done = false
  for await (const line of await client.chat({ model: 'llama3.2', messages, stream: true })) {
    text += line.message.content
    done = line.done
  }
  expect({ text, done }).toEqual({ text: 'You said: Hello there', done: true })
})

test('the official client sees images, generates and embeds', async () => {
  const images = [Buffer.from('1234')]
  const seen = await client.chat({ model: 'llava', messages: [{ role: 'user', content: 'What?', images }] })
  expect(seen.message.content).toBe('I see an image of 4 bytes. You said: What?')
  const { response } = await client.generate({
    model: 'llama3.2',
    prompt: 'Once',
    options: { num_predict: 2 },
  })
  expect(response).toBe('You said: ')
  const { embeddings } = await client.embed({ model: 'nomic-embed-text', input: ['a', 'b'] })
  expect(embeddings.map(vector => vector.length)).toEqual([768, 768])
})

test('an error in the middle of a stream reaches the client', async () => {
  const stream = await client.chat({ model: 'testkit-error-event-1', messages, stream: true })
  const drain = async () => {
    for await (const _line of stream);
  }
  await expect(drain()).rejects.toThrow(/server busy/)
})
