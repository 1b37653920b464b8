import { afterAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { post, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'

const rig = await startRig()
afterAll(() => rig.close())
const client = openaiClient(rig)
const instruct = 'openai/gpt-3.5-turbo-instruct'
const prompt = 'Hello there'

describe.each([instruct, 'gpt-4o', 'claude-sonnet-4-6', 'gemini-2.5-flash'])(
  'a text completion by %s',
  model => {
    test('whole', async () => {
      const reply = await client.completions.create({ model, prompt, max_tokens: 50 })
      expect(reply).toMatchObject({
        object: 'text_completion',
        usage: { prompt_tokens: 2, completion_tokens: 4 },
      })
      expect(reply.choices).toMatchObject([
        { index: 0, text: 'You said: Hello there', finish_reason: 'stop' },
      ])
    })

    test('streamed, with usage for those who ask', async () => {
      const stream = await client.completions.create({
        model,
        prompt,
        max_tokens: 50,
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ''
      let usage: unknown
      for await (const chunk of stream) {
        expect(chunk.object).toBe('text_completion')
        text += chunk.choices[0]?.text ?? ''
        usage = chunk.usage ?? usage
      }
      expect([text, usage]).toMatchObject([
        'You said: Hello there',
        { prompt_tokens: 2, completion_tokens: 4 },
      ])
    })

    test('costs money and is written down as what it is', async () => {
      const { response } = await client.completions.create({ model, prompt, max_tokens: 50 }).withResponse()
      expect(Number(response.headers.get('x-litellm-response-cost'))).toBeGreaterThan(0)
      expect(await spendLog(rig, response)).toMatchObject({
        call_type: 'atext_completion',
        prompt_tokens: 2,
        completion_tokens: 4,
        status: 'success',
      })
    })
  },
)

test('several prompts, tokens and an echo go to those who can', async () => {
  const both = await client.completions.create({ model: instruct, prompt: ['a', 'b'], max_tokens: 50 })
  expect(both.choices.map(({ index }) => index)).toEqual([0, 1])
  const tokens = await client.completions.create({ model: instruct, prompt: [1, 2], max_tokens: 50 })
  expect(tokens.choices[0]?.text).toMatch(/^You said/)
  const echoed = await client.completions.create({ model: instruct, prompt, echo: true, max_tokens: 50 })
  expect(echoed.choices[0]?.text).toBe('Hello thereYou said: Hello there')
})

describe('what a chat cannot do', () => {
  test.each([
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [1, 2] }],
    ['echo', { prompt, echo: true }],
    ['suffix', { prompt, suffix: 'end' }],
    ['best_of', { prompt, best_of: 3 }],
  ])('%s in %j is refused by name', async (param, body) => {
    const before = rig.upstream.requests.length
    await expect(client.completions.create({ model: 'gpt-4o', ...body })).rejects.toMatchObject({
      status: 400,
      param,
    })
    expect(rig.upstream.requests).toHaveLength(before)
  })

  test('is left out with a receipt for those who say so', async () => {
    const body = { model: 'gpt-4o', prompt, suffix: 'end', drop_params: true }
    const response = await post(rig.gateway, '/v1/completions', body, rig.gateway.masterKey)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-sluice-warnings')).toBe('dropped suffix')
  })
})

test.each([
  '/v1/completions',
  '/completions',
  '/engines/{m}/completions',
  '/openai/deployments/{m}/completions',
])('POST %s answers', async path => {
  const [model, body] = path.includes('{m}')
    ? [undefined, { prompt }]
    : ['gpt-4o', { model: 'gpt-4o', prompt }]
  const response = await post(rig.gateway, path.replace('{m}', 'gpt-4o'), body, rig.gateway.masterKey)
  expect([model, response.status, await response.json()]).toMatchObject([
    model,
    200,
    { object: 'text_completion' },
  ])
})

test('a stream that breaks says so and has no end mark', async () => {
  rig.upstream.script({ match: { path: '/v1/completions' }, failAfterEvents: 2 })
  const response = await post(
    rig.gateway,
    '/v1/completions',
    { model: instruct, prompt, stream: true },
    rig.gateway.masterKey,
  ) // prettier-ignore
  const text = await response.text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
})
