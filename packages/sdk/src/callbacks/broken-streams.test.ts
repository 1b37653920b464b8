import { readFileSync } from 'node:fs'
import { recordStream, startUpstream, testAwsKeys, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../call.ts'
import { createCatalogue } from '../models/catalogue.ts'
import type { Reply } from '../steps/reply.ts'
import { askChat, asSent, deploymentAt, rejectionOf, testHost } from '../testing/ask.ts'
import type { ChatChunk } from '../types/chat.ts'
import type { Deployment } from '../types/deployment.ts'
import { openRecord, stampRecord } from './records.ts'

let upstream: Upstream
const host = testHost()
const catalogue = createCatalogue()
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

/** What we count for the prompt where the provider has not told. */
const OURS = 40
const TEXT = 'The otter swims where the river bends, and the river does not mind. '.repeat(12)
/** Dollars for one token. */
const PRICE = { input_cost_per_token: 0.001, output_cost_per_token: 0.01 }

interface Wire {
  readonly stream: Buffer
  readonly deployment: Partial<Deployment>
  /** Below the upstream's address. */
  readonly path?: string
  /** Prompt tokens that are charged when it breaks off: what the provider has told, else ours. */
  readonly prompt: number
}

const aws = {
  params: {
    aws_region_name: 'us-east-1',
    aws_access_key_id: testAwsKeys.accessKeyId,
    aws_secret_access_key: testAwsKeys.secretAccessKey,
  },
}
const anthropic = recordStream('anthropic', { text: TEXT })
const gemini = recordStream('gemini', { text: TEXT })
const wires: Readonly<Record<string, Wire>> = {
  anthropic: {
    stream: anthropic,
    deployment: { provider: 'anthropic', model: 'claude-x' },
    prompt: numberAfter(anthropic, '"input_tokens":'),
  },
  gemini: {
    stream: gemini,
    deployment: { provider: 'gemini', model: 'gemini-2.5-flash' },
    prompt: numberAfter(gemini, '"promptTokenCount":'),
  },
  bedrock: {
    stream: recordStream('bedrock', { text: TEXT }),
    deployment: { provider: 'bedrock', model: 'anthropic.claude-x', apiKey: undefined, ...aws },
    prompt: OURS,
  },
  cohere: {
    stream: recordStream('cohere', { text: TEXT }),
    deployment: { provider: 'cohere', model: 'command-a-03-2025' },
    prompt: OURS,
  },
  ollama: {
    stream: recordStream('ollama', { text: TEXT }),
    deployment: { provider: 'ollama', model: 'qwen3' },
    prompt: OURS,
  },
  'openai-responses': {
    stream: longer(
      readFileSync(new URL('../codecs/openai-responses/fixtures/stream-reasoning.sse', import.meta.url)),
    ),
    deployment: { provider: 'openai', model: 'responses/gpt-5.1-codex' },
    path: '/v1',
    prompt: OURS,
  },
}

function numberAfter(stream: Buffer, key: string): number {
  const text = stream.toString()
  return Number.parseInt(text.slice(text.indexOf(key) + key.length), 10)
}

/** The fixture with a long answer in it. */
function longer(stream: Buffer): Buffer {
  const text = stream.toString()
  const at = text.indexOf('event: response.output_text.delta')
  const event = { type: 'response.output_text.delta', delta: TEXT }
  return Buffer.from(
    `${text.slice(0, at)}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n${text.slice(at)}`,
  )
}

type Streamed = Extract<Reply<'chat'>, { kind: 'stream' }>

async function open({ stream, deployment, path = '' }: Wire, script: object, over: object = {}) {
  upstream.script({ rawStream: stream, ...script })
  const at = deploymentAt(upstream.url + path, { modelInfo: PRICE, ...deployment })
  const reply = await call(askChat(at, { stream: true }, over), host)
  if (reply.kind !== 'stream') throw new Error(reply.kind)
  return { reply, at }
}

function charged(reply: Pick<Streamed, 'meter'>, deployment: Deployment) {
  const record = openRecord({
    ...{ id: 'id', callId: 'id', endpoint: 'chat', format: 'openai-chat' },
    ...{ startedAt: 0, requestedModel: 'm' },
  } as Parameters<typeof openRecord>[0])
  record.deployment = deployment
  stampRecord(record, reply.meter, catalogue, { promptTokens: OURS })
  return record
}

function lengthOf(chunks: readonly ChatChunk[]): number {
  const texts = chunks.flatMap(({ choices }) =>
    choices.map(({ delta }) => (delta.content ?? '') + (delta.reasoning_content ?? '')),
  )
  return texts.join('').length
}

describe.each(Object.entries(wires))('a stream of %s', (_name, wire) => {
  function expectCharge(reply: Streamed, at: Deployment, chunks: readonly ChatChunk[]) {
    const seen = Math.ceil(lengthOf(chunks) / 4)
    expect(seen).toBeGreaterThan(5)
    const record = charged(reply, at)
    expect(record).toMatchObject({
      usageEstimated: true,
      usage: { prompt_tokens: wire.prompt },
      cost: { state: 'known' },
    })
    const completion = record.usage?.completion_tokens ?? 0
    expect(completion).toBeGreaterThanOrEqual(seen)
    expect(completion).toBeLessThan(seen * 1.7 + 5)
    const dollars = wire.prompt * 0.001 + completion * 0.01
    expect(record.cost).toMatchObject({ nanoUsd: Math.round(dollars * 1e9) })
  }

  test('that is cut is charged for what was seen', async () => {
    const { reply, at } = await open(wire, {
      cutAfterBytes: Math.floor(wire.stream.length * 0.8),
      chunkBytes: 200,
    })
    const chunks: ChatChunk[] = []
    await rejectionOf(reply.pump(events => void chunks.push(...events)))
    expectCharge(reply, at, chunks)
  })

  test('that the client leaves is charged for what was seen', async () => {
    const { reply, at } = await open(wire, {
      cutAfterBytes: Math.floor(wire.stream.length * 0.9),
      chunkBytes: 200,
    })
    const chunks: ChatChunk[] = []
    await rejectionOf(
      reply.pump(events => {
        chunks.push(...events)
        if (lengthOf(chunks) > 300) reply.abort()
      }),
    )
    expectCharge(reply, at, chunks)
  })

  test('that ends is charged by what the provider tells', async () => {
    const { reply, at } = await open(wire, {})
    await reply.pump(() => undefined)
    const record = charged(reply, at)
    expect(record.usageEstimated).toBe(false)
    expect(record.usage).toEqual(reply.meter.usage)
  })
})

describe('a relayed stream of anthropic', () => {
  test('that is cut is charged for the input it told and the output that was seen', async () => {
    const { stream, deployment, prompt } = wires.anthropic as Wire
    upstream.script({ rawStream: stream, cutAfterBytes: Math.floor(stream.length * 0.8), chunkBytes: 200 })
    const at = deploymentAt(upstream.url, { modelInfo: PRICE, ...deployment })
    const asked = askChat(at, { stream: true, max_tokens: 500 }, { clientFormat: 'anthropic-messages' })
    const reply = await call(asSent(asked, undefined, 'anthropic-messages'), host)
    if (reply.kind !== 'relay-stream') throw new Error(reply.kind)
    await rejectionOf(reply.pump(() => undefined))
    const { usage, usageEstimated } = charged(reply, at)
    expect(usageEstimated).toBe(true)
    expect(usage?.prompt_tokens).toBe(prompt)
    expect(usage?.completion_tokens).toBeGreaterThan(100)
  })
})
