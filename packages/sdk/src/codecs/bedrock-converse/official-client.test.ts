import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { WireEvent } from '../../types/stream.ts'
import type { InboundHalf, InboundInfo } from '../codec.ts'
import { CHAT_REPLIES } from '../golden/testing/chat-replies.ts'
import { CHAT_STREAMS } from '../golden/testing/chat-streams.ts'
import { bedrockConverse } from './codec.ts'

const inbound = bedrockConverse.inbound as InboundHalf<'chat'>
const asked: ChatRequest[] = []

/** Serves golden replies and streams by the model's name, through the inbound half. */
const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => answer(request, response, JSON.parse(Buffer.concat(pieces).toString())))
})

function answer(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const [, , id = '', verb] = (request.url ?? '').split('/')
  const model = decodeURIComponent(id)
  const info: InboundInfo = { id: 'call-1', now: 0, model, stream: verb === 'converse-stream', warn() {} }
  try {
    const hub = inbound.decodeRequest(body, info)
    asked.push(hub)
    if (verb === 'converse') {
      const reply = inbound.encodeResponse(structuredClone(CHAT_REPLIES[model] as never), hub, info)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    } else stream(response, hub, model, info)
  } catch (error) {
    const refusal = inbound.encodeError(error as never, 'r')
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(refusal))
  }
}

function stream(response: ServerResponse, hub: ChatRequest, model: string, info: InboundInfo): void {
  const encoder = inbound.encodeStream?.(hub, info)
  const chunks = structuredClone(CHAT_STREAMS[model] ?? [])
  response.writeHead(200, { 'content-type': encoder?.contentType ?? '' })
  const write = (events: Iterable<WireEvent>) => {
    for (const { bytes } of events) response.write(bytes)
  }
  for (const chunk of chunks) write(encoder?.push(chunk) ?? [])
  const limit = createError({ kind: 'rate_limit', message: 'Slow down.' })
  write((chunks.length === 0 ? encoder?.fail(limit, 'r') : encoder?.end()) ?? [])
  response.end()
}

let client: BedrockRuntimeClient
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  })
})
afterAll(() => new Promise(resolve => server.close(resolve)))

const messages: ConverseCommandInput['messages'] = [{ role: 'user', content: [{ text: 'Hello' }] }]

test('every reply reaches the official client', async () => {
  for (const modelId of Object.keys(CHAT_REPLIES)) {
    const reply = await client.send(new ConverseCommand({ modelId, messages }))
    expect(reply.output?.message?.role).toBe('assistant')
    expect(reply.stopReason).toBeTruthy()
  }
})

test('every stream reaches the official client, to its end', async () => {
  for (const modelId of Object.keys(CHAT_STREAMS)) {
    const { stream: events } = await client.send(new ConverseStreamCommand({ modelId, messages }))
    const seen: string[] = []
    for await (const event of events ?? []) seen.push(Object.keys(event)[0] ?? '')
    expect(seen[0]).toBe('messageStart')
    expect(seen.slice(-2)).toEqual(['messageStop', 'metadata'])
  }
})

test('errors have names the official client knows, in a stream too', async () => {
  const refused = client.send(
    new ConverseCommand({ modelId: 'text', messages: [{ role: 'user', content: [{ odd: 1 } as never] }] }),
  )
  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' })
  const read = async () => {
    const { stream: events } = await client.send(new ConverseStreamCommand({ modelId: 'none', messages }))
    for await (const _ of events ?? []) continue
  }
  await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Slow down.' })
})

test('what the official client asks is understood', async () => {
  await client.send(
    new ConverseCommand({
      modelId: 'text',
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'png', source: { bytes: new Uint8Array([1, 2]) } } },
            { document: { format: 'pdf', name: 'a', source: { bytes: new Uint8Array([3]) } } },
            { text: 'Look' },
          ],
        },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'find', input: { q: 1 } } }] },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 't1', status: 'error', content: [{ json: { no: 1 } }] } }],
        },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object' } } } }],
        toolChoice: { any: {} },
      },
      inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.4, stopSequences: ['X'] },
      additionalModelRequestFields: { top_k: 3 },
      serviceTier: { type: 'flex' },
      requestMetadata: { team: 'x' },
    }),
  )
  expect(asked.at(-1)).toEqual({
    model: 'text',
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQI=' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,Aw==', filename: 'a' } },
          { type: 'text', text: 'Look' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'find', arguments: '{"q":1}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: '{"no":1}', is_error: true },
    ],
    tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }],
    tool_choice: 'required',
    max_tokens: 9,
    temperature: 0.5,
    top_p: 0.4,
    stop: ['X'],
    top_k: 3,
    service_tier: 'flex',
    requestMetadata: { team: 'x' },
  })
})
