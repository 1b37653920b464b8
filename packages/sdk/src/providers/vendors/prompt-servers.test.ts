import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { completion } from '../../api/calls/completion.ts'
import { embedding } from '../../api/calls/embedding.ts'
import { rerank } from '../../api/calls/rerank.ts'
import { textCompletion } from '../../api/calls/text-completion.ts'
import type { RunOptions } from '../../api/run.ts'
import type { ChatRequest } from '../../types/chat.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => {
  vi.unstubAllEnvs()
  upstream.reset()
})
afterAll(() => upstream.close())

const at = (path = ''): RunOptions => ({
  apiBase: `${upstream.url}/prompt-servers${path}`,
  apiKey: 'key-0123456789',
  numRetries: 0,
})
const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hello there' }]
const tools = [
  {
    type: 'function' as const,
    function: { name: 'clock', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
  },
]

/** The text, the end and the tokens of a chat, whole and streamed: they must be the same. */
async function bothWays(request: ChatRequest, options: RunOptions) {
  const whole = await completion({ ...request, stream: false }, options)
  const stream = await completion({ ...request, stream: true }, options)
  let text = ''
  let finish: string | null = null
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? ''
    finish = choices[0]?.finish_reason ?? finish
  }
  const { usage } = await stream.result
  const [choice] = whole.choices
  expect([text, finish]).toEqual([choice?.message.content ?? '', choice?.finish_reason])
  return { whole, text, finish, streamUsage: usage }
}

function lastPath(): string {
  const last = upstream.requests.at(-1)
  return last === undefined ? '' : last.path
}

async function textBothWays(
  request: { model: string; prompt: string; max_tokens?: number },
  options: RunOptions,
) {
  const whole = await textCompletion({ ...request, stream: false }, options)
  const stream = await textCompletion({ ...request, stream: true }, options)
  let text = ''
  let finish: string | null = null
  for await (const { choices } of stream) {
    text += choices[0]?.text ?? ''
    finish = choices[0]?.finish_reason ?? finish
  }
  expect([text, finish]).toEqual([whole.choices[0]?.text, whole.choices[0]?.finish_reason])
  return { whole, text, finish }
}

describe('Hugging Face', () => {
  test('the router hears the inference provider behind the model’s name', async () => {
    const { whole } = await bothWays(
      { model: 'huggingface/together/deepseek-ai/DeepSeek-V3', messages },
      at(),
    )
    expect(whole.choices[0]?.message.content).toBe('You said: Hello there')
    expect(upstream.requests.at(-1)?.body).toMatchObject({ model: 'deepseek-ai/DeepSeek-V3:together' })
    await completion({ model: 'huggingface/openai/gpt-oss-20b', messages }, at('/v1'))
    expect(upstream.requests.at(-1)?.body).toMatchObject({ model: 'openai/gpt-oss-20b' })
  })

  test('text completions of an own TGI server', async () => {
    const request = { model: 'huggingface/tgi', prompt: 'Hello there you', max_tokens: 3 }
    const { text, finish, whole } = await textBothWays(request, at('/tgi'))
    expect([text, finish]).toEqual(['You said: Hello ', 'length'])
    expect(whole.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 3 })
  })

  test('embeddings and rerank of an own TEI server', async () => {
    const reply = await embedding({ model: 'huggingface/tei', input: ['a', 'b'] }, at('/tei'))
    expect(reply.data.map(({ index, embedding: vector }) => [index, vector.length])).toEqual([
      [0, 8],
      [1, 8],
    ])
    const ranked = await rerank(
      { model: 'huggingface/tei', query: 'red cars', documents: ['boats', 'red cars'], top_n: 1 },
      at('/tei'),
    )
    expect(ranked.results.map(({ index }) => index)).toEqual([1])
  })

  test('too long a prompt is told as such', async () => {
    const request = { model: 'huggingface/tgi', prompt: 'x' }
    upstream.script({ failure: 'context', times: 1 })
    await expect(textCompletion(request, at('/tgi'))).rejects.toMatchObject({
      name: 'ContextWindowExceededError',
    })
  })
})

describe('watsonx', () => {
  const options = () => at()
  const request = { model: 'watsonx/ibm/granite-4-h-small', messages, max_tokens: 20 }

  test('the key is traded for a token that the calls show', async () => {
    vi.stubEnv('WATSONX_IAM_URL', `${upstream.url}/identity/token`)
    vi.stubEnv('WATSONX_PROJECT_ID', 'project-1')
    const { streamUsage, whole } = await bothWays(request, options())
    expect(whole.choices[0]?.message.content).toBe('You said: Hello there')
    expect(streamUsage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
    const { headers, body } = upstream.requests.at(-1) ?? {}
    const [, token = ''] = String(headers?.authorization).split(' ')
    expect(upstream.tokens.find(token)).toBeDefined()
    expect(body).toMatchObject({ project_id: 'project-1', model_id: 'ibm/granite-4-h-small' })
    expect(lastPath()).toMatch(/\/ml\/v1\/text\/chat_stream$/)
  })

  test('text, embeddings, rerank and deployments', async () => {
    vi.stubEnv('WATSONX_TOKEN', 'ready-token')
    vi.stubEnv('WATSONX_DEPLOYMENT_SPACE_ID', 'space-1')
    const { apiKey: _, ...open } = at()
    const { text } = await textBothWays({ model: 'watsonx_text/ibm/granite', prompt: 'Hello there' }, open)
    expect(text).toBe('You said: Hello there')
    const reply = await embedding({ model: 'watsonx/ibm/slate', input: ['a b', 'c'] }, open)
    expect(reply.usage?.prompt_tokens).toBe(3)
    const ranked = await rerank({ model: 'watsonx/x', query: 'red', documents: ['blue', 'red'] }, open)
    expect(ranked.results[0]).toMatchObject({ index: 1 })
    await completion({ model: 'watsonx/deployment/d-1', messages }, open)
    expect(lastPath()).toMatch(/\/ml\/v1\/deployments\/d-1\/text\/chat$/)
  })
})

describe('Replicate', () => {
  const request = { model: 'replicate/meta/meta-llama-3-8b-instruct', messages, max_tokens: 3 }

  test('a prediction is looked at until it has ended, and told as a stream to those who asked for one', async () => {
    const { whole } = await bothWays(request, at())
    expect(whole.choices[0]?.message.content).toBe('You said: Hello ')
    expect(whole.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 3 })
    expect(lastPath()).toMatch(/\/v1\/predictions\/prediction\d+$/)
    expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer key-0123456789')
  })

  test('versions and deployments have paths of their own', async () => {
    const version = 'a'.repeat(64)
    await completion({ ...request, model: `replicate/joe/model:${version}` }, at())
    const asked = upstream.requests.findLast(({ method }) => method === 'POST')
    expect(asked?.body).toMatchObject({ version })
    await completion({ ...request, model: 'replicate/deployments/joe/own' }, at())
    expect(upstream.requests.findLast(({ method }) => method === 'POST')?.path).toMatch(
      /\/v1\/deployments\/joe\/own\/predictions$/,
    )
  })

  test('a prediction that fails is an error in its words', async () => {
    upstream.script({ job: { runningPolls: 0, error: 'CUDA out of memory' }, times: 1 })
    await expect(completion(request, at())).rejects.toMatchObject({
      name: 'BadGatewayError',
      message: 'CUDA out of memory',
      provider: 'replicate',
    })
  })

  test('stop texts, systems and images have their places', async () => {
    await completion(
      {
        model: 'replicate/yorickvp/llava-13b',
        stop: ['a', 'b'],
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
            ],
          },
        ],
      },
      at(),
    )
    expect(upstream.requests.findLast(({ method }) => method === 'POST')?.body).toEqual({
      input: {
        prompt: 'What?',
        system_prompt: 'Be brief.',
        stop_sequences: 'a,b',
        image: 'https://x.example/a.png',
      },
    })
  })
})

describe('Triton', () => {
  const request = { model: 'triton/llama', messages }

  test('generate, by the whole address or the server’s', async () => {
    const { text } = await bothWays(request, at('/v2/models/llama/generate'))
    expect(text).toBe('You said: Hello there')
    expect(lastPath()).toMatch(/\/v2\/models\/llama\/generate_stream$/)
    await completion(request, at())
    expect(upstream.requests.at(-1)?.body).toMatchObject({ parameters: { max_tokens: 2000 } })
    expect(lastPath()).toMatch(/\/v2\/models\/llama\/generate$/)
  })

  test('infer, which does not stream', async () => {
    const reply = await completion(
      { ...request, max_tokens: 3, temperature: 0.5 },
      at('/v2/models/llama/infer'),
    )
    expect(reply.choices[0]?.message.content).toBe('You said: Hello ')
    const streamed = completion({ ...request, stream: true }, at('/v2/models/llama/infer'))
    await expect(streamed).rejects.toThrow(/does not stream/)
  })

  test('embeddings', async () => {
    const reply = await embedding({ model: 'triton/e5', input: ['a', 'b'] }, at('/triton/embeddings'))
    expect(reply.data.map(({ embedding: vector }) => vector.length)).toEqual([8, 8])
  })

  test('without an address there is no server', async () => {
    await expect(completion(request)).rejects.toThrow(/api_base: Triton/)
  })
})

describe('Petals', () => {
  test('a form in, JSON out', async () => {
    const reply = await completion({ model: 'petals/StableBeluga2', messages, temperature: 0.5 }, at())
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    const form = new URLSearchParams(upstream.requests.at(-1)?.raw.toString())
    expect(Object.fromEntries(form)).toEqual({
      model: 'StableBeluga2',
      inputs: 'Hello there',
      max_new_tokens: '256',
      do_sample: '1',
      temperature: '0.5',
    })
  })

  test('a failure that is a success by its status', async () => {
    const empty: ChatRequest = { model: 'petals/x', messages: [{ role: 'user', content: '' }] }
    await expect(completion(empty, at())).rejects.toThrow(/KeyError: model/)
  })
})

describe('Snowflake', () => {
  const request = { model: 'snowflake/claude-sonnet-4-5', messages }

  test('a JWT and a programmatic access token say what they are', async () => {
    const { whole, streamUsage } = await bothWays(request, at('/api/v2'))
    expect(whole.choices[0]?.message.content).toBe('You said: Hello there')
    expect(streamUsage).toMatchObject({ total_tokens: 6 })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer key-0123456789',
      'x-snowflake-authorization-token-type': 'KEYPAIR_JWT',
    })
    await completion(request, { ...at(), apiKey: 'pat/pat-0123456789' })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer pat-0123456789',
      'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN',
    })
  })

  test('tools, embeddings and errors', async () => {
    const { whole, finish } = await bothWays({ ...request, tools }, at('/api/v2/cortex/inference:complete'))
    expect(finish).toBe('tool_calls')
    expect(whole.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'clock' } }])
    const reply = await embedding({ model: 'snowflake/arctic-embed', input: 'a b' }, at())
    expect(reply).toMatchObject({ usage: { prompt_tokens: 2 } })
    expect(reply.data[0]?.embedding).toHaveLength(8)
    const refused = completion(request, { ...at(), apiKey: 'bad-key' })
    await expect(refused).rejects.toMatchObject({ name: 'AuthenticationError', provider: 'snowflake' })
  })

  test('the account comes from the environment, or is asked for', async () => {
    await expect(completion(request, { apiKey: 'k', numRetries: 0 })).rejects.toThrow(/SNOWFLAKE_ACCOUNT_ID/)
    vi.stubEnv('SNOWFLAKE_ACCOUNT_ID', 'evil.example/')
    await expect(completion(request, { apiKey: 'k', numRetries: 0 })).rejects.toThrow(/letters, digits/)
  })
})

test('Predibase: chats by the tenant’s OpenAI door, texts in the server’s own format', async () => {
  vi.stubEnv('PREDIBASE_TENANT_ID', 'tenant-1')
  const elsewhere = { ...at(), apiBase: `${upstream.url}/elsewhere` }
  const request = { model: 'predibase/llama-3', messages, adapter_id: 'mine/1' }
  const reply = await completion(request, elsewhere)
  expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
  expect(upstream.requests.at(-1)?.body).toMatchObject({ model: 'mine/1' })
  expect(lastPath()).toMatch(/\/tenant-1\/deployments\/v2\/llms\/llama-3\/v1\/chat\/completions$/)
  const { text } = await textBothWays({ model: 'predibase/llama-3', prompt: 'Hello' }, at())
  expect(text).toBe('You said: Hello')
  expect(lastPath()).toMatch(/\/tenant-1\/deployments\/v2\/llms\/llama-3\/generate_stream$/)
})

test('Cloudflare: the account in the address, LiteLLM’s older one included', async () => {
  const older = { ...at(), apiBase: `${upstream.url}/elsewhere/client/v4/accounts/a1/ai/run/` }
  const { whole } = await bothWays({ model: 'cloudflare/@cf/meta/llama-3', messages }, older)
  expect(whole.choices[0]?.message.content).toBe('You said: Hello there')
  expect(lastPath()).toMatch(/\/client\/v4\/accounts\/a1\/ai\/v1\/chat\/completions$/)
  expect(upstream.requests.at(-1)?.body).toMatchObject({ model: '@cf/meta/llama-3' })
  const nowhere = completion(
    { model: 'cloudflare/@cf/meta/llama-3', messages },
    { apiKey: 'k', numRetries: 0 },
  )
  await expect(nowhere).rejects.toThrow(/CLOUDFLARE_ACCOUNT_ID/)
})

test('vLLM inside Python is refused with the remedy', async () => {
  await expect(completion({ model: 'vllm/facebook/opt-125m', messages })).rejects.toMatchObject({
    name: 'BadRequestError',
    message: expect.stringContaining('hosted_vllm/facebook/opt-125m'),
  })
})
