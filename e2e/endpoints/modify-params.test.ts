import { startUpstream } from '@sluice/testkit'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { deployment, post, type Rig, startRig } from '../gateway.ts'

const upstream = await startUpstream()
const at = { api_base: upstream.url, api_key: 'vendor-key' }
const models = [
  deployment(upstream, 'anthropic', 'plain', {}, 'claude-sonnet-4-6'),
  {
    model_name: 'mending',
    litellm_params: { model: 'anthropic/claude-sonnet-4-6', ...at, modify_params: true },
  },
  {
    model_name: 'alternating',
    litellm_params: {
      model: 'openai/gpt-4o',
      api_base: `${upstream.url}/v1`,
      api_key: 'vendor-key',
      ensure_alternating_roles: true,
      user_continue_message: { role: 'user', content: 'Go on, then.' },
    },
  },
]
const strict = await startRig({ upstream, models })
const mending = await startRig({ upstream, models, config: { litellm_settings: { modify_params: true } } })
afterEach(() => upstream.reset())
afterAll(async () => {
  await Promise.all([strict.close(), mending.close()])
  await upstream.close()
})

const greeting = { role: 'assistant', content: 'Hello, how can I help?' }
const question = { role: 'user', content: 'Where do otters sleep?' }
const ask = (rig: Rig, body: object) =>
  post(
    rig.gateway,
    '/v1/chat/completions',
    { messages: [greeting, question], max_tokens: 50, ...body },
    rig.gateway.masterKey,
  )
const sent = () => upstream.requests.at(-1)?.body as { messages: { role: string; content: unknown }[] }

describe('a conversation that begins with the assistant', () => {
  test('goes out as it is: what the vendor says to it is the vendor’s to say', async () => {
    await ask(strict, { model: 'plain' })
    expect(sent().messages.map(({ role }) => role)).toEqual(['assistant', 'user'])
  })

  test.each<[string, () => Promise<Response>]>([
    ['the request', () => ask(strict, { model: 'plain', modify_params: true })],
    ['the deployment', () => ask(strict, { model: 'mending' })],
    ['the gateway', () => ask(mending, { model: 'plain' })],
  ])('is mended where %s says modify_params, with a receipt', async (_who, call) => {
    const response = await call()
    expect(response.status).toBe(200)
    expect(sent().messages).toMatchObject([{ role: 'user', content: 'Please continue.' }, greeting, question])
    expect(response.headers.get('x-sluice-warnings')).toContain('approximated messages')
    expect(JSON.stringify(sent())).not.toContain('modify_params')
  })

  test('a request may forbid what its gateway allows', async () => {
    await ask(mending, { model: 'plain', modify_params: false })
    expect(sent().messages).toHaveLength(2)
  })

  test('gets the words that the deployment names, before any vendor', async () => {
    expect((await ask(strict, { model: 'alternating' })).status).toBe(200)
    expect(sent().messages).toMatchObject([{ role: 'user', content: 'Go on, then.' }, greeting, question])
    expect(JSON.stringify(sent())).not.toMatch(/ensure_alternating|continue_message/)
  })
})
