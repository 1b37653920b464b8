import { startUpstream, testServiceAccount } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'
import { anthropicClient, googleClient, openaiClient } from './sdk-clients.ts'

const upstream = await startUpstream()
const account = testServiceAccount(upstream.url)
const at = {
  api_base: upstream.url,
  vertex_project: account.project_id,
  vertex_location: 'us-east5',
  vertex_credentials: account,
}
const rates = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }
const named = (model_name: string, model: string) => ({
  model_name,
  litellm_params: { model: `vertex_ai/${model}`, ...at },
  model_info: rates,
})
const rig = await startRig({
  upstream,
  env: { SLUICE_GOOGLE_TOKEN_ORIGINS: upstream.url },
  models: [
    named('flash', 'gemini-2.5-flash'),
    named('claude', 'claude-sonnet-4-5@20250929'),
    named('llama', 'meta/llama-3.3-70b-instruct-maas'),
    named('vectors', 'text-embedding-005'),
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const ask = [{ role: 'user' as const, content: 'Hello there' }]

test.each(['flash', 'claude', 'llama'])('%s answers OpenAI’s client, and is charged', async model => {
  const { data, response } = await openaiClient(rig)
    .chat.completions.create({ model, messages: ask, max_tokens: 50 })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('You said: Hello there')
  expect(await spendLog(rig, response)).toMatchObject({
    custom_llm_provider: 'vertex_ai',
    prompt_tokens: 2,
    completion_tokens: 4,
    spend: expect.closeTo(1e-5, 9),
  })
})

test.each(['flash', 'claude', 'llama'])('%s streams to Anthropic’s client', async model => {
  const stream = anthropicClient(rig).messages.stream({ model, messages: ask, max_tokens: 50 })
  expect(await stream.finalText()).toBe('You said: Hello there')
})

test.each(['flash', 'claude', 'llama'])('%s answers Google’s client', async model => {
  const reply = await googleClient(rig).models.generateContent({ model, contents: 'Hello there' })
  expect(reply.text).toBe('You said: Hello there')
})

test('embeddings come by OpenAI’s client', async () => {
  const reply = await openaiClient(rig).embeddings.create({ model: 'vectors', input: ['a', 'b'] })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([768, 768])
})

test('the gateway signs in once for all of them, and shows the key to nobody', async () => {
  expect(upstream.tokens.all).toHaveLength(1)
  const shown = await (await rig.admin('/model/info')).text()
  expect(shown).not.toContain('PRIVATE KEY')
  expect(rig.gateway.logs.join('\n')).not.toContain('PRIVATE KEY')
})

test('a caller cannot bring credentials, a project or a place of his own', async () => {
  const before = upstream.tokens.all.length
  const response = await post(
    rig.gateway,
    '/v1/chat/completions',
    {
      model: 'flash',
      messages: ask,
      vertex_project: 'not-mine',
      vertex_location: 'evil',
      vertex_credentials: { ...account, client_email: 'someone@else' },
    },
    await rig.newKey(),
  )
  expect(upstream.requests.at(-1)?.path).toContain(`/projects/${account.project_id}/locations/us-east5/`)
  expect(upstream.tokens.all).toHaveLength(before)
  expect(JSON.stringify(upstream.requests.at(-1)?.body)).not.toContain('PRIVATE KEY')
  expect(response.status).toBe(200)
  expect(response.headers.get('x-sluice-warnings')).toContain('vertex_credentials')
})
