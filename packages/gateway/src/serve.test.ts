import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, type Upstream } from '@sluice/testkit'
import type { Callback, CallRecord, Codec } from 'sluice/internal'
import { codecs } from 'sluice/internal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadText } from './config/testing/load-text.ts'
import type { Log } from './db/log.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { serve } from './serve.ts'
import type { Client } from './steps/client.ts'
import { Faults } from './steps/faults.ts'
import type { Stages } from './steps/stages.ts'

const MASTER = 'sk-master-of-these-tests'
const directory = mkdtempSync(join(tmpdir(), 'sluice-serve-'))
const lines: { step?: string; err?: Error }[] = []
const log: Log = { info() {}, warn() {}, error: fields => void lines.push(fields) }

let upstream: Upstream
let gateway: Gateway
let calls = 0

beforeAll(async () => {
  upstream = await startUpstream({ wires: ['openai'] })
  const { settings } = await loadText(
    `model_list:
  - model_name: m
    litellm_params: { model: openai/m, api_base: "${upstream.baseUrl('openai')}", api_key: k, input_cost_per_token: 0.001, output_cost_per_token: 0.001 }
general_settings: { master_key: ${MASTER}, global_max_parallel_requests: 1 }
litellm_settings: { max_budget: 1000 }
`,
    { cliOverrides: { dataDirectory: directory } },
  )
  gateway = await openGateway(settings, log)
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  rmSync(directory, { recursive: true, force: true })
})

const boom = () => {
  throw new Error('boom')
}

/** What a client heard, in order. */
function listener() {
  const heard: string[] = []
  const client: Client = {
    signal: new AbortController().signal,
    send: status => void heard.push(`send ${status}`),
    fail: ({ status }) => void heard.push(`fail ${status}`),
    begin: () => void heard.push('begin'),
    write: () => undefined,
    end: () => void heard.push('end'),
    breakOff: () => void heard.push('break off'),
  }
  return { heard, client }
}

/** One call through stages of which some are replaced; what came of it. */
async function call(
  replaced: Partial<Stages>,
  more: { stream?: boolean; codec?: Codec<'chat'>; client?: Partial<Client> } = {},
) {
  const { heard, client } = listener()
  const records: CallRecord[] = []
  const witness: Callback = { name: 'witness', onEnd: record => void records.push(record) }
  const faults = new Faults(log, Date.now)
  lines.length = 0
  const stages: Stages = { ...gateway.stages(), faults, ...replaced }
  const { stream = false, codec = codecs.openaiChat } = more
  const id = `call-${++calls}`
  const posted = gateway.stages().ledger.pending
  await serve(
    {
      open: { id, callId: id, endpoint: 'chat', format: 'openai-chat', startedAt: Date.now() },
      ...{ codec, model: undefined, stream: undefined, access: 'llm', credential: MASTER },
      bytes: Buffer.from(JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'Hi' }] })),
      ...{ arrived: performance.now(), route: '/v1/chat/completions', hints: { explain: true } },
    },
    Object.assign(client, more.client),
    { ...stages, callbacks: [...stages.callbacks, witness] },
  )
  const [proxy] = [...gateway.limiter.snapshot()].filter(({ kind }) => kind === 'global')
  return {
    heard,
    record: records[0],
    holds: [proxy?.parallel, proxy?.reservedNanoUsd],
    rows: gateway.stages().ledger.pending - posted,
    logged: lines.map(({ step, err }) => `${step}: ${err?.message}`),
  }
}

const free = [0, 0]

test('a callback that throws at the start or at the end costs nobody anything, and is told', async () => {
  const callbacks: Callback[] = [{ name: 'broken', onStart: boom, onEnd: boom }]
  const outcome = await call({ callbacks })
  expect(outcome).toMatchObject({ heard: ['send 200'], holds: free, rows: 1, logged: ['callback: boom'] })
  expect(outcome.record).toMatchObject({ status: 'success', cost: { state: 'known' } })
})

test('a cost that cannot be worked out is unknown, and the reservation is given back', async () => {
  const { catalogue, routes } = gateway.stages()
  let isBroken = false
  const broken = new Proxy(catalogue, {
    get: (target, name) => (isBroken ? boom() : Reflect.get(target, name, target)),
  })
  const then = Object.assign(Object.create(routes) as typeof routes, {
    run: async (asked: Parameters<typeof routes.run>[0]) => {
      const reply = await routes.run(asked)
      isBroken = true
      return reply
    },
    compareCost() {},
  })
  const outcome = await call({ catalogue: broken, routes: then as typeof routes })
  expect(outcome).toMatchObject({ heard: ['send 200'], holds: free, rows: 1, logged: ['cost: boom'] })
  expect(outcome.record?.cost).toMatchObject({ state: 'unknown' })
})

test('an explanation of the route that fails takes nothing with it', async () => {
  const { routes } = gateway.stages()
  const broken = Object.assign(Object.create(routes) as typeof routes, {
    run: routes.run.bind(routes),
    compareCost: boom,
  })
  expect(await call({ routes: broken })).toMatchObject({
    ...{ heard: ['send 200'], holds: free, rows: 1, logged: ['cost: boom'] },
  })
})

test('a limiter that fails to settle and a ledger that fails to write keep no client waiting', async () => {
  const { limiter, ledger } = gateway.stages()
  let settled = 0
  const outcome = await call({
    limiter: {
      name: 'broken',
      async reserve(claim) {
        const real = await limiter.reserve(claim)
        return {
          headers: real.headers,
          async settle(record) {
            settled++
            await real.settle(record)
            boom()
          },
        }
      },
    },
    ledger: { ...ledger, admit() {}, pending: 0, post: () => Promise.reject(new Error('full')) },
  })
  expect(outcome).toMatchObject({
    heard: ['send 200'],
    holds: free,
    logged: ['settle: boom', 'ledger: full'],
  })
  expect(settled).toBe(1)
})

test('a client that cannot be told is hung up on, after the books are closed', async () => {
  const whole = await call({}, { client: { send: boom } })
  expect(whole).toMatchObject({ heard: ['break off'], holds: free, rows: 1, logged: ['reply: boom'] })
  const stream = await call({}, { stream: true, client: { end: boom } })
  expect(stream).toMatchObject({
    heard: ['begin', 'break off'],
    holds: free,
    rows: 1,
    logged: ['reply: boom'],
  })
})

test('an error that cannot be put into the client’s format is told by its status', async () => {
  const { inbound } = codecs.openaiChat
  const codec = { ...codecs.openaiChat, inbound: { ...inbound, encodeError: boom } } as Codec<'chat'>
  const { routes } = gateway.stages()
  const broken = Object.assign(Object.create(routes) as typeof routes, { run: boom, compareCost() {} })
  const outcome = await call({ routes: broken }, { codec })
  expect(outcome).toMatchObject({ heard: ['fail 500'], holds: free, rows: 1, logged: ['error reply: boom'] })
})
