import { type RecordedRequest, startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { itinerary } from '../clients/itinerary.ts'
import { eventually } from '../eventually.ts'
import { pixel, price, startRig } from '../gateway.ts'
import type { SpendLog } from '../spend-log.ts'
import { chatDeployments, chatting, signInEnvironment } from './deployments.ts'
import { limitsOf } from './limits.ts'
import { type Chunk, expectUsage, readStream, type Told } from './stream-shape.ts'

const upstream = await startUpstream({ recordLimit: 5_000 })
const deployments = chatDeployments(upstream)
const rig = await startRig({
  upstream,
  env: signInEnvironment(upstream),
  models: deployments.map(({ name, params }) => ({
    model_name: name,
    litellm_params: params,
    model_info: { input_cost_per_token: price.input, output_cost_per_token: price.output },
  })),
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

type Message = OpenAI.ChatCompletionMessageParam

/** The body of the last answer as it came over the wire. */
let raw: Promise<string> = Promise.resolve('')
const client = new OpenAI({
  apiKey: rig.gateway.masterKey,
  baseURL: `${rig.gateway.url}/v1`,
  maxRetries: 0,
  async fetch(url, init) {
    const response = await fetch(url, init)
    raw = response.clone().text()
    return response
  },
})

const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'plan', description: 'Plans a trip', parameters: itinerary } },
]
const image = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${pixel}` } }
const hello: Message[] = [{ role: 'user', content: 'Hello there' }]
const withImage: Message[] = [{ role: 'user', content: [{ type: 'text', text: 'Where is this?' }, image] }]

/** Answers that must have a row in the spend log, by call. */
const answered = new Map<string, { readonly name: string; readonly usage: OpenAI.CompletionUsage }>()

async function ask(
  model: string,
  request: { messages: Message[]; tools?: OpenAI.ChatCompletionTool[] },
): Promise<Told> {
  const { data, response } = await client.chat.completions
    .create({ model, ...request, stream: true, stream_options: { include_usage: true } })
    .withResponse()
  const chunks: Chunk[] = []
  for await (const chunk of data) chunks.push(chunk)
  const told = readStream(chunks, await raw)
  note(model, response, told.usage)
  return told
}

/** Every answer says which call it was and which model answered. */
function note(name: string, response: Response, usage: OpenAI.CompletionUsage): void {
  const id = response.headers.get('x-litellm-call-id')
  expect(id).toMatch(/^[\w-]{36}$/)
  expect(response.headers.get('x-litellm-model-group')).toBe(name)
  expect(response.headers.get('x-litellm-model-id')).toMatch(/^[\da-f]{64}$/)
  answered.set(String(id), { name, usage })
}

async function refusalOf(call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error: unknown = await call.then(
    () => new Error('It was answered.'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof OpenAI.APIError) return error
  throw error
}

test('every provider that chats is played', () => {
  const played = new Set(deployments.map(({ provider }) => provider))
  expect(chatting.filter(name => !played.has(name))).toEqual([])
})

describe.each(deployments)('$name', ({ name }) => {
  const limits = limitsOf(name)

  test('a conversation, streamed', async () => {
    const before = upstream.requests.length
    const messages = [...(limits.images ? hello : withImage)]
    if (limits.tools) {
      const told = await ask(name, { messages })
      expect(told).toMatchObject({ finish: 'stop', calls: [] })
      expect(told.text).toMatch(limits.images ? /You said: .*Hello there/s : /Where is this\?/)
    } else {
      const called = await ask(name, { messages, tools })
      expect(called.finish).toBe('tool_calls')
      expect(called.calls.map(call => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
        ['plan', { city: 'Paris', days: 1 }],
      ])
      const tool_calls = [...called.calls]
      const results = tool_calls.map(
        ({ id }): Message => ({
          role: 'tool',
          tool_call_id: id,
          content: '{"degrees":18}',
        }),
      )
      messages.push({ role: 'assistant', content: called.text || null, tool_calls }, ...results)
      const told = await ask(name, { messages, tools })
      expect(told).toMatchObject({ finish: 'stop', calls: [] })
      expect(told.text).toMatch(/The tool answered: .*18/)
    }
    if (!limits.images)
      expect(upstream.requests.slice(before).some(request => request.raw.includes(pixel))).toBe(true)
  })

  if (limits.images)
    test(`an image is refused: ${limits.images}`, async () => {
      const { status, type, param, message } = await refusalOf(
        client.chat.completions.create({ model: name, messages: withImage }),
      )
      expect({ status, type }).toEqual({ status: 400, type: 'invalid_request_error' })
      expect(param).toMatch(/^messages/)
      expect(message).toMatch(/text|image/)
    })

  if (limits.tools)
    test(`tools are refused, or dropped with a receipt: ${limits.tools}`, async () => {
      const request = { model: name, messages: hello, tools }
      const refused = await refusalOf(client.chat.completions.create(request))
      expect(refused).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'tools' })
      const lenient = { ...request, drop_params: true } as OpenAI.ChatCompletionCreateParamsNonStreaming
      const { data, response } = await client.chat.completions.create(lenient).withResponse()
      expect(data.choices[0]?.message.content).toMatch(/You said: /)
      expect(response.headers.get('x-sluice-warnings')).toMatch(/dropped.*tools/)
    })

  test('a whole answer', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: name, messages: hello })
      .withResponse()
    expect(data).toMatchObject({
      id: expect.stringMatching(/./),
      object: 'chat.completion',
      created: expect.any(Number),
      model: expect.stringMatching(/./),
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
    })
    expect(data.choices[0]?.message.content).toMatch(/You said: .*Hello there/s)
    expectUsage(data.usage)
    note(name, response, data.usage as OpenAI.CompletionUsage)
  })

  const once = { times: 9, match: ({ wire }: RecordedRequest) => wire !== 'tokens' }

  test('a refused credential is the gateway’s trouble, not the caller’s', async () => {
    const script = upstream.script({ failure: 'unauthorized', ...once })
    const error = await refusalOf(client.chat.completions.create({ model: name, messages: hello }))
    script.remove()
    expect(error).toMatchObject({ status: 502, type: 'api_error', code: 'upstream_authentication_error' })
    expect(error.message).not.toContain('vendor-key')
  })

  test('a limit at the provider is a 429 that says how long to wait', async () => {
    const script = upstream.script({ failure: 'rate-limit', retryAfterSeconds: 7, ...once })
    const error = await refusalOf(client.chat.completions.create({ model: name, messages: hello }))
    script.remove()
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(error.headers?.get('retry-after')).toBe('7')
  })
})

test('every answer is in the spend log with its usage and its price', async () => {
  expect(answered.size).toBeGreaterThanOrEqual(2 * deployments.length)
  const rows = await eventually('a row for every answer', async () => {
    const response = await rig.admin('/spend/logs?size=1000')
    const logs = (await response.json()) as readonly SpendLog[]
    const found = new Map(logs.map(log => [log.request_id, log]))
    return [...answered.keys()].every(id => found.has(id)) && found
  })
  for (const [id, { name, usage }] of answered) {
    expect(rows.get(id)).toMatchObject({
      status: 'success',
      model_group: name,
      // LiteLLM books Cohere's and Ollama's chats under names of their own.
      custom_llm_provider: expect.stringMatching(`^${name.split('/')[0]}(_chat)?$`),
      prompt_tokens: usage.prompt_tokens,
      completion_tokens: usage.completion_tokens,
    })
    expect(rows.get(id)?.spend).toBeGreaterThan(0)
  }
})

test('no secret is shown, neither by the model list nor in the log', async () => {
  const shown = `${await (await rig.admin('/model/info')).text()}\n${rig.gateway.logs.join('\n')}`
  for (const secret of ['PRIVATE KEY', 'vendor-key', 'a-secret-of-the-app', 'contract-secret'])
    expect(shown).not.toContain(secret)
})
