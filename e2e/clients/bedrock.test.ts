import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { startUpstream, testAwsKeys } from '@sluice/testkit'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, expect, test } from 'vitest'
import { startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'
import { anthropicClient, openaiClient } from './sdk-clients.ts'

const upstream = await startUpstream()
const rates = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }
const keys = {
  aws_access_key_id: testAwsKeys.accessKeyId,
  aws_secret_access_key: testAwsKeys.secretAccessKey,
  aws_region_name: 'us-east-1',
}
const named = (model_name: string, model: string, more: object = keys) => ({
  model_name,
  litellm_params: { model, api_base: upstream.url, ...more },
  model_info: rates,
})
const rig = await startRig({
  upstream,
  env: { AWS_STS_ENDPOINT: upstream.url },
  models: [
    named('claude', 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0'),
    named('nova', 'bedrock/amazon.nova-pro-v1:0', {
      ...keys,
      aws_role_name: 'arn:aws:iam::123456789012:role/caller',
    }),
    named('llama', 'bedrock/invoke/meta.llama3-8b-instruct-v1:0'),
    named('vectors', 'bedrock/amazon.titan-embed-text-v2:0'),
    {
      model_name: 'gpt',
      litellm_params: { model: 'openai/gpt-4o', api_base: `${upstream.url}/v1`, api_key: 'k' },
    },
  ],
})
const aws = new BedrockRuntimeClient({
  region: 'us-east-1',
  endpoint: rig.gateway.url,
  token: { token: rig.gateway.masterKey },
  authSchemePreference: ['httpBearerAuth'],
  requestHandler: new NodeHttpHandler(),
  maxAttempts: 1,
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const ask = [{ role: 'user' as const, content: 'Hello there' }]

test.each(['claude', 'nova', 'llama'])('%s answers OpenAI’s client, and is charged', async model => {
  const { data, response } = await openaiClient(rig)
    .chat.completions.create({ model, messages: ask, max_tokens: 50 })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('You said: Hello there')
  expect(await spendLog(rig, response)).toMatchObject({
    custom_llm_provider: 'bedrock',
    prompt_tokens: 2,
    completion_tokens: 4,
    spend: expect.closeTo(1e-5, 9),
  })
})

test.each(['claude', 'nova', 'llama'])('%s streams to Anthropic’s client', async model => {
  const stream = anthropicClient(rig).messages.stream({ model, messages: ask, max_tokens: 50 })
  expect(await stream.finalText()).toBe('You said: Hello there')
})

test('embeddings come by OpenAI’s client', async () => {
  const reply = await openaiClient(rig).embeddings.create({ model: 'vectors', input: ['a', 'b'] })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([8, 8])
})

const conversed: ConverseCommandInput = {
  modelId: 'gpt',
  messages: [{ role: 'user', content: [{ text: 'Hello there' }] }],
}

test.each(['gpt', 'claude'])('%s answers AWS’s own client, whole and streamed', async modelId => {
  const reply = await aws.send(new ConverseCommand({ ...conversed, modelId }))
  expect(reply.output?.message?.content).toEqual([{ text: 'You said: Hello there' }])
  expect(reply.usage).toMatchObject({ inputTokens: 2, outputTokens: 4 })
  const { stream } = await aws.send(new ConverseStreamCommand({ ...conversed, modelId }))
  let text = ''
  let usage: unknown
  for await (const event of stream ?? []) {
    text += event.contentBlockDelta?.delta?.text ?? ''
    usage = event.metadata?.usage ?? usage
  }
  expect(text).toBe('You said: Hello there')
  expect(usage).toMatchObject({ inputTokens: 2, outputTokens: 4 })
})

test('AWS’s own client hears failures by name, in the middle of a stream too', async () => {
  const unknown = aws.send(new ConverseCommand({ ...conversed, modelId: 'no-such-model' }))
  await expect(unknown).rejects.toThrow(/no-such-model/)
  upstream.script({ failAfterEvents: 3, failure: 'rate-limit' })
  const { stream } = await aws.send(new ConverseStreamCommand({ ...conversed, modelId: 'claude' }))
  const read = async () => {
    for await (const _ of stream ?? []) continue
  }
  await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException' })
})

test('nobody is shown the keys', async () => {
  const shown = await (await rig.admin('/model/info')).text()
  expect(shown).not.toContain(testAwsKeys.secretAccessKey)
  expect(rig.gateway.logs.join('\n')).not.toContain(testAwsKeys.secretAccessKey)
})
