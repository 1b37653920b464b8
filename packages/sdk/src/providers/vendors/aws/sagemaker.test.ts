import { startUpstream, testAwsKeys, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { completion } from '../../../api/calls/completion.ts'
import { embedding } from '../../../api/calls/embedding.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['sagemaker'] })
})
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const keys = {
  aws_access_key_id: testAwsKeys.accessKeyId,
  aws_secret_access_key: testAwsKeys.secretAccessKey,
}
const options = () => ({ apiBase: upstream.url, numRetries: 0 })
const hello: ChatRequest['messages'] = [{ role: 'user', content: 'Grüße 👋' }]

function ask(provider: string, more: JsonObject = {}) {
  return completion(
    { messages: hello, ...keys, ...more, model: `${provider}/my-endpoint`, stream: false },
    options(),
  )
}

async function streamed(provider: string, more: JsonObject = {}) {
  const stream = await completion(
    { messages: hello, ...keys, ...more, model: `${provider}/my-endpoint`, stream: true },
    options(),
  )
  let text = ''
  let finish: string | null = null
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    finish = chunk.choices[0]?.finish_reason ?? finish
  }
  return { text, finish }
}

function lastRequest() {
  const last = upstream.requests.at(-1)
  if (last === undefined) throw new Error('Nothing arrived.')
  return last
}

test.each(['sagemaker', 'sagemaker_chat', 'sagemaker_nova'])(
  '%s answers, whole and streamed, characters cut in two included',
  async provider => {
    const reply = await ask(provider, { max_tokens: 50 })
    expect(reply.choices[0]?.message.content).toBe('You said: Grüße 👋')
    expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
    expect(lastRequest().path).toBe('/endpoints/my-endpoint/invocations')
    expect(lastRequest().headers.authorization).toContain('/sagemaker/aws4_request')
    const { text, finish } = await streamed(provider)
    expect({ text, finish }).toEqual({ text: 'You said: Grüße 👋', finish: 'stop' })
    expect(lastRequest().path).toBe('/endpoints/my-endpoint/invocations-response-stream')
  },
)

test('settings in the container’s words; a temperature of 0 is told to be a little more', async () => {
  const reply = await ask('sagemaker', { temperature: 0, stop: 'END', max_completion_tokens: 9 })
  expect(lastRequest().body).toEqual({
    inputs: 'Grüße 👋',
    parameters: { max_new_tokens: 9, temperature: 0.01, stop: ['END'] },
  })
  expect(reply.sluice.warnings).toEqual([expect.objectContaining({ param: 'temperature' })])
})

test('the name of the model behind picks how turns are written', async () => {
  await ask('sagemaker', { hf_model_name: 'meta-llama/Meta-Llama-3-8B-Instruct' })
  expect(lastRequest().body).toMatchObject({
    inputs: expect.stringContaining('<|start_header_id|>user<|end_header_id|>') as string,
  })
})

test('one model of several is named in a header', async () => {
  await ask('sagemaker_chat', { model_id: 'component-1' })
  expect(lastRequest().headers['x-amzn-sagemaker-inference-component']).toBe('component-1')
})

test('texts are embedded', async () => {
  const reply = await embedding({ model: 'sagemaker/embedder', input: ['a', 'b'], ...keys }, options())
  expect(reply.data.map(({ index, embedding: vector }) => [index, vector.length])).toEqual([
    [0, 8],
    [1, 8],
  ])
})

test('failures are errors of their kind, in a stream too', async () => {
  upstream.script({ failure: 'rate-limit' })
  await expect(ask('sagemaker_chat')).rejects.toMatchObject({ name: 'RateLimitError' })
  const wrong = ask('sagemaker_chat', { aws_secret_access_key: 'another-secret' })
  await expect(wrong).rejects.toMatchObject({ name: 'AuthenticationError' })
  upstream.script({ failAfterEvents: 2, failure: 'server' })
  await expect(streamed('sagemaker_chat')).rejects.toThrow(/has failed/)
})
