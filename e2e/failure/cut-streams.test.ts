import { recordStream, type Script } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProviderName, providers, type Rig, startRig } from '../gateway.ts'
import { ask, type ClientFormat, clientFormats, type Understood } from './client-formats.ts'
import type { Exchange } from './exchange.ts'

const answer = 'Hé €𝄞'
const recordings = Object.fromEntries(
  providers.map(provider => [
    provider,
    withoutBallast(recordStream(provider, { model: 'm', reply: { text: answer } })),
  ]),
) as Record<ProviderName, Buffer>
const pairs = clientFormats.flatMap((client, index) =>
  providers.map(provider => [client.name, provider, client, index] as const),
)
/** Calls in flight at a time. */
const AT_ONCE = 32

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

/** Every byte costs a call, so that fields which say nothing here are left out. */
function withoutBallast(recording: Buffer): Buffer {
  const text = recording.toString()
  return Buffer.from(
    ['"service_tier":"default",', '"system_fingerprint":"fp_testkit",', '"logprobs":null,'].reduce(
      (rest, field) => rest.replaceAll(field, ''),
      text,
    ),
  )
}

/** Model names not in use: few, because each is a label of the gateway's metrics. */
const models = Array.from({ length: AT_ONCE }, (_, index) => `m${index}`)

/** One streamed call that the provider answers as scripted. */
async function stream(
  client: ClientFormat,
  provider: ProviderName,
  script: Script,
  headers = {},
): Promise<Exchange & Understood> {
  const model = models.pop() as string
  const handle = rig.upstream.script({ ...script, match: { model } })
  const question = { model: `${provider}/${model}`, stream: true }
  try {
    return await ask(rig.gateway.url, client, rig.gateway.masterKey, question, { headers })
  } finally {
    handle.remove()
    models.push(model)
  }
}

/** Why this is not what a client may see: the whole answer, or an error in its own format. */
function faultOf(reply: Exchange & Understood): string | undefined {
  if (!reply.complete) return 'the connection broke'
  if (reply.status !== 200) {
    if (reply.status < 500 && reply.status !== 429) return `status ${reply.status}`
    return reply.error === undefined ? 'a refusal without an error' : undefined
  }
  if (!answer.startsWith(reply.text)) return `it says "${reply.text}"`
  if (reply.error !== undefined) return undefined
  if (!reply.finished) return 'it ends without end mark and without error'
  return reply.text === answer ? undefined : `a clean end after "${reply.text}"`
}

/** Runs `work` for every number below `count`, some at a time, and gives the faults. */
async function faultsOf(
  count: number,
  work: (index: number) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = []
  let next = 0
  const run = async () => {
    for (let index = next++; index < count; index = next++) {
      const fault = await work(index).catch((error: Error) => error.message)
      if (fault !== undefined) faults.push(`${index}: ${fault}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
  return faults
}

/** Seconds of processor time the gateway has used, by its own account. */
async function cpuSeconds(): Promise<number> {
  const response = await fetch(`${rig.gateway.url}/metrics`)
  const seconds = /^process_cpu_seconds_total ([\d.e-]+)/m.exec(await response.text())?.[1]
  if (seconds === undefined) throw new Error('the metrics do not tell the processor time')
  return Number(seconds)
}

describe.each(pairs)('a client of %s at a provider of %s', (_name, provider, client, turn) => {
  const recording = recordings[provider]
  const eventCount = recording.toString().trimEnd().split('\n\n').length

  test('never sees a clean end of a dead stream, whichever byte was the last', async () => {
    const faults = await faultsOf(recording.length, async at => {
      // Between them, the three clients see each byte be the last in both ways.
      const script =
        (at + turn) % 2 === 0
          ? { rawStream: recording, cutAfterBytes: at }
          : { rawStream: recording.subarray(0, at) }
      return faultOf(await stream(client, provider, script))
    })
    expect(faults).toEqual([])
  })

  test('sees the whole answer in pieces of any size, between CRLF, comments and unknown fields', async () => {
    const text = recording.toString()
    const variants = [
      text,
      text.replaceAll('\n', '\r\n'),
      `: welcome\n\n${text.replaceAll('data: ', ': note\ndata: ')}`,
      text.replaceAll('data: ', 'id: 7\nretry: 10\ndata:'),
      text.replaceAll('\n\n', '\n\nevent: note\n\n'),
    ].map(variant => Buffer.from(variant))
    const faults = await faultsOf(variants.length * 12, async index => {
      const rawStream = variants[index % variants.length]
      const reply = await stream(client, provider, { rawStream, chunkBytes: 1 + index })
      return reply.error ?? faultOf(reply)
    })
    expect(faults).toEqual([])
  })

  test('gets an error, soon and at little cost, for an error event at any place', async () => {
    const before = await cpuSeconds()
    const failures = ['rate-limit', 'overloaded', 'server'] as const
    const count = eventCount * failures.length
    const faults = await faultsOf(count, async index => {
      const failure = failures[index % failures.length]
      const failAfterEvents = Math.floor(index / failures.length)
      const reply = await stream(client, provider, { reply: { text: answer }, failure, failAfterEvents })
      // An error that comes after everything, before the end mark, still counts.
      if (failAfterEvents < eventCount - 1 && reply.status === 200 && reply.error === undefined)
        return 'no error'
      return faultOf(reply)
    })
    expect(faults).toEqual([])
    // 100 % CPU on 429 in mid-stream (#26015)
    expect((await cpuSeconds()) - before).toBeLessThan(0.05 * count)
  })

  test('gets an error for frames that are not what the provider promised', async () => {
    const frames = recording.toString().trimEnd().split('\n\n')
    const broken = ['data: {"half', 'data: not JSON', 'data: [1]', 'data: null', 'data: "text"']
    const faults = await faultsOf(broken.length * (frames.length - 1), async index => {
      const at = Math.floor(index / broken.length)
      const spoilt = [...frames.slice(0, at), broken[index % broken.length], ...frames.slice(at)]
      const reply = await stream(client, provider, { rawStream: Buffer.from(`${spoilt.join('\n\n')}\n\n`) })
      return reply.error === undefined ? 'no error' : faultOf(reply)
    })
    expect(faults).toEqual([])
  })

  test('gets an error when the provider resets the connection or falls silent', async () => {
    const places = [1, recording.indexOf('\n\n') + 2, recording.length >> 1]
    const faults = await faultsOf(places.length * 2, async index => {
      const cutMode = index % 2 === 0 ? 'reset' : 'hang'
      const script = { rawStream: recording, cutAfterBytes: places[index >> 1], cutMode } as const
      const reply = await stream(client, provider, script, { 'x-litellm-timeout': '0.5' })
      if (reply.error === undefined) return 'no error'
      if (cutMode === 'hang' && !/timed out/.test(reply.error)) return reply.error
      return faultOf(reply)
    })
    expect(faults).toEqual([])
  })
})
