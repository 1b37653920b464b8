import { startUpstream } from '@sluice/testkit'
import { AzureOpenAI } from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { startRig } from '../gateway.ts'
import { anthropicClient, openaiClient } from './sdk-clients.ts'

const upstream = await startUpstream()
const base = { api_base: upstream.url }
const principal = { tenant_id: 'contoso.test', client_id: 'app', client_secret: 'a-secret-of-the-app' }
const rig = await startRig({
  upstream,
  env: { AZURE_AUTHORITY_HOST: upstream.url, SLUICE_ENTRA_AUTHORITIES: upstream.url },
  models: [
    { model_name: 'azure-gpt', litellm_params: { model: 'azure/my-gpt-5', ...base, ...principal } },
    {
      model_name: 'foundry-claude',
      litellm_params: { model: 'azure_ai/claude-sonnet-4-6', ...base, ...principal },
    },
    {
      model_name: 'foundry-llama',
      litellm_params: { model: 'azure_ai/Llama-3.3-70B-Instruct', ...base, api_key: 'k-1' },
    },
  ],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})
beforeEach(() => {
  // oxlint-disable-next-line vitest/no-standalone-expect
  for (const request of upstream.requests) expect(request.raw.toString()).not.toContain('vendor-key')
})

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const azure = new AzureOpenAI({
  apiKey: rig.gateway.masterKey,
  endpoint: rig.gateway.url,
  apiVersion: '2024-10-21',
  maxRetries: 0,
})
const said = 'You said: Hello there'

describe('the Azure client', () => {
  test('reaches Azure with the gateway’s token of Entra ID, by the rules of the model', async () => {
    const reply = await azure.chat.completions.create({ model: 'azure-gpt', messages, max_tokens: 50 })
    expect(reply.choices[0]?.message.content).toBe(said)
    const last = upstream.requests.at(-1)
    expect(last?.headers.authorization).toBe(`Bearer ${upstream.tokens.all[0]?.token}`)
    expect(last?.body).toMatchObject({ max_completion_tokens: 50 })
    expect(reply).toMatchObject({ prompt_filter_results: [{ prompt_index: 0 }] })
  })

  test('hears what Azure’s filter found', async () => {
    upstream.script({ failure: 'content-policy' })
    await expect(azure.chat.completions.create({ model: 'azure-gpt', messages })).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      error: { provider_specific_fields: { innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    })
  })
})

describe('Anthropic’s client', () => {
  const request = { max_tokens: 100, messages }

  test.each(['foundry-claude', 'foundry-llama', 'azure-gpt'])(
    'is answered by %s, whole and streamed',
    async model => {
      const client = anthropicClient(rig)
      const whole = await client.messages.create({ model, ...request })
      expect(whole.content).toMatchObject([{ type: 'text', text: said }])
      const streamed = await client.messages.stream({ model, ...request }).finalMessage()
      expect(streamed.content).toMatchObject([{ type: 'text', text: said }])
      expect(streamed.usage.output_tokens).toBeGreaterThan(0)
    },
  )

  test('counts tokens at Foundry', async () => {
    const count = await anthropicClient(rig).messages.countTokens({ model: 'foundry-claude', messages })
    expect(count.input_tokens).toBe(2)
    expect(upstream.requests.at(-1)?.path).toBe('/anthropic/v1/messages/count_tokens')
  })

  test('gets betas for what it uses, and runs its own tools', async () => {
    const tools = [{ name: 'get_weather', input_schema: { type: 'object' as const, properties: {} } }]
    const tool_choice = { type: 'any' as const }
    const reply = await anthropicClient(rig).beta.messages.create({
      model: 'foundry-claude',
      ...request,
      tools,
      tool_choice,
      betas: ['context-1m-2025-08-07'],
    })
    expect(reply.stop_reason).toBe('tool_use')
    expect(upstream.requests.at(-1)?.headers['anthropic-beta']).toBe('context-1m-2025-08-07')
  })
})

test('OpenAI’s client chats with Claude on Foundry', async () => {
  const stream = openaiClient(rig).chat.completions.stream({ model: 'foundry-claude', messages })
  expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(said)
})
