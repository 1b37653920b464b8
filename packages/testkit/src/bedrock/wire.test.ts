import {
  BedrockRuntimeClient,
  type BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testAwsKeys } from '../state/minted-tokens.ts'
import { startUpstream, type Upstream } from '../upstream.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

function clientWith(credentials = testAwsKeys, token?: string): BedrockRuntimeClient {
  const { accessKeyId, secretAccessKey } = credentials
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: upstream.url,
    credentials: { accessKeyId, secretAccessKey },
    ...(token !== undefined && { token: { token }, authSchemePreference: ['httpBearerAuth'] }),
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  })
}

const asked: ConverseCommandInput = {
  modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  messages: [{ role: 'user', content: [{ text: 'Hello there' }] }],
}
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'get_weather',
        inputSchema: {
          json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    },
  ],
}

test('the official client converses, its signature verified', async () => {
  const reply = await clientWith().send(new ConverseCommand(asked))
  expect(reply.output?.message?.content).toEqual([{ text: 'You said: Hello there' }])
  expect(reply).toMatchObject({ stopReason: 'end_turn', usage: { inputTokens: 2, outputTokens: 4 } })
})

test('the official client streams, thinking and calls included', async () => {
  const { stream } = await clientWith().send(
    new ConverseStreamCommand({
      ...asked,
      toolConfig,
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    }),
  )
  const seen: string[] = []
  let input = ''
  for await (const event of stream ?? []) {
    const [name = ''] = Object.keys(event)
    if (seen.at(-1) !== name) seen.push(name)
    input += event.contentBlockDelta?.delta?.toolUse?.input ?? ''
  }
  expect(seen).toEqual([
    'messageStart',
    'contentBlockDelta',
    'contentBlockStop',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
  ])
  expect(JSON.parse(input)).toEqual({ city: expect.any(String) as string })
})

test('the official client invokes a model by its own body, whole and streamed', async () => {
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello there' }],
  })
  const request = { modelId: asked.modelId, body, contentType: 'application/json' }
  const reply = await clientWith().send(new InvokeModelCommand(request))
  expect(JSON.parse(reply.body.transformToString())).toMatchObject({
    content: [{ type: 'text', text: 'You said: Hello there' }],
  })
  const streamed = await clientWith().send(new InvokeModelWithResponseStreamCommand(request))
  const types: unknown[] = []
  for await (const { chunk } of streamed.body ?? [])
    types.push((JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as { type: unknown }).type)
  expect(types[0]).toBe('message_start')
  expect(types.at(-1)).toBe('message_stop')
})

test('a bearer token is as good as a signature; a wrong one, and a wrong secret, are refused', async () => {
  const reply = await clientWith(undefined, 'a-token').send(new ConverseCommand(asked))
  expect(reply.stopReason).toBe('end_turn')
  await expect(clientWith(undefined, 'bad-key').send(new ConverseCommand(asked))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  })
  const wrong = { ...testAwsKeys, secretAccessKey: 'another' }
  await expect(clientWith(wrong).send(new ConverseCommand(asked))).rejects.toThrow(/signature is/)
})

test('failures have the vendor’s names, whole and in the middle of a stream', async () => {
  upstream.script({ failure: 'rate-limit' })
  await expect(clientWith().send(new ConverseCommand(asked))).rejects.toMatchObject({
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 429 },
  } satisfies Partial<BedrockRuntimeServiceException>)
  upstream.script({ failAfterEvents: 2, failure: 'rate-limit' })
  const { stream } = await clientWith().send(new ConverseStreamCommand(asked))
  const read = async () => {
    for await (const _ of stream ?? []) continue
  }
  await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException' })
})

test.each([
  [
    'two turns of one role',
    { messages: [...(asked.messages ?? []), ...(asked.messages ?? [])] },
    /alternate/,
  ],
  ['a blank text', { messages: [{ role: 'user' as const, content: [{ text: ' ' }] }] }, /not blank/],
  [
    'a choice of no tool',
    { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'other' } } } },
    /not in the list/,
  ],
])('%s is refused', async (_name, part, words) => {
  await expect(clientWith().send(new ConverseCommand({ ...asked, ...part }))).rejects.toThrow(words)
})
