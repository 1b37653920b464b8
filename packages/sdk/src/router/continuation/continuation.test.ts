import { recordStream, type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { stampRecord } from '../../callbacks/records.ts'
import { createCatalogue } from '../../models/catalogue.ts'
import type { Reply } from '../../steps/reply.ts'
import { askChat, asSent, deploymentAt, rejectionOf, testHost, textOf } from '../../testing/ask.ts'
import type { ChatChunk, ChatRequest } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Route, RoutingSettings } from '../router.ts'
import { chatRoute, tableAt } from '../testing/tables.ts'

let upstream: Upstream
const host = testHost()
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const WHOLE = 'Otters hold hands while they sleep, so that none of them drifts away.'
const ON: Partial<RoutingSettings> = { streamContinuation: true, disableCooldowns: true }
const FIRST = { match: { model: 'a' } }

/** The text that a request has a deployment go on with. */
function saidIn(body: unknown): string | undefined {
  const { messages } = body as ChatRequest
  const said = messages.at(-2)
  return said?.role === 'assistant' ? (said.content as string) : undefined
}

/** The others go on wherever the first stopped. */
function goOnAnywhere(script: Partial<Script> = {}, models = ['b', 'c', 'z']): void {
  let said = ''
  const goOn: Script = {
    match({ body }, model) {
      said = saidIn(body) ?? ''
      return models.includes(model) && WHOLE.startsWith(said)
    },
    get reply() {
      return { text: WHOLE.slice(said.length) }
    },
    times: Number.POSITIVE_INFINITY,
  }
  upstream.script(Object.defineProperties(goOn, Object.getOwnPropertyDescriptors(script)))
}

function table(
  overs: readonly Partial<Deployment>[] = [{}, {}, {}],
  settings: Partial<RoutingSettings> = {},
) {
  const ordered = overs.map((over, index) => ({ order: index + 1, ...over }))
  return tableAt(upstream, host, ordered, { ...ON, ...settings })
}

const route = (over: Partial<ChatRequest> = {}, facts: Partial<Route<'chat'>> = {}): Route<'chat'> => {
  const asked = chatRoute(true, facts)
  const extra = { stream_options: { include_usage: true } }
  return { ...asked, request: { ...asked.request, ...extra, ...over } }
}

interface Received {
  readonly chunks: ChatChunk[]
  readonly text: string
  readonly error: unknown
}

async function received(reply: Reply<'chat'>): Promise<Received> {
  if (reply.kind !== 'stream') throw new Error(reply.kind)
  const chunks: ChatChunk[] = []
  const error: unknown = await reply
    .pump(events => void chunks.push(...events))
    .catch((thrown: unknown) => thrown)
  return { chunks, text: textOf(chunks), error }
}

const JSON_ASKED = [{ role: 'user' as const, content: 'In JSON, please.' }]
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const finishes = (chunks: readonly ChatChunk[]) =>
  chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason: reason }) => reason ?? []))
const marks = (chunks: readonly ChatChunk[]) =>
  chunks.flatMap(({ choices }) => choices[0]?.delta.provider_specific_fields?.sluice_continuation ?? [])

const wires = {
  openai: { over: {}, stream: recordStream('openai', { reply: { text: WHOLE } }) },
  anthropic: {
    over: { provider: 'anthropic' },
    stream: recordStream('anthropic', { reply: { text: WHOLE } }),
  },
  gemini: { over: { provider: 'gemini' }, stream: recordStream('gemini', { reply: { text: WHOLE } }) },
}

describe.each(Object.entries(wires))('a stream of %s', (_name, { over, stream }) => {
  const first = () => ({ ...over, ...('provider' in over && { apiBase: upstream.url }) })

  test('that is cut anywhere is whole at the caller, once, or it ends in an error', async () => {
    const routes = table([first(), {}, {}], { retryBudget: 9 })
    const outcomes = new Set<string>()
    for (let at = 0; at < stream.length; at += 23) {
      upstream.reset()
      upstream.script({ ...FIRST, rawStream: stream, cutAfterBytes: at, cutMode: at % 2 ? 'reset' : 'close' })
      goOnAnywhere()
      const call = route()
      const { chunks, text, error } = await received(await routes.run(call))
      expect(text).toBe(WHOLE)
      expect(finishes(chunks)).toEqual(['stop'])
      // An error only where everything had left but the end mark.
      outcomes.add(error ? 'error' : marks(chunks).length > 0 ? 'continued' : 'whole')
      expect(chunks.filter(({ choices }) => choices[0]?.delta.role)).toHaveLength(1)
      expect(new Set(chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size).toBe(1)
      expect(routes.state().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0])
    }
    expect([...outcomes].join()).toContain('continued')
  }, 30_000)
})

test('an error event after any number of events is survived', async () => {
  const events = WHOLE.split(' ').length + 1
  for (let at = 0; at <= events; at++) {
    upstream.reset()
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: at })
    goOnAnywhere()
    const { text, error } = await received(await table().run(route()))
    expect({ text, error }).toEqual({ text: WHOLE, error: undefined })
  }
})

test('a continuation that breaks is gone on with too, and the receipt tells each', async () => {
  upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4 })
  goOnAnywhere({ failAfterEvents: 3 }, ['b'])
  goOnAnywhere()
  const call = route()
  const { text, error, chunks } = await received(await table().run(call))
  expect({ text, error }).toEqual({ text: WHOLE, error: undefined })
  expect(asked()).toEqual(['a', 'b', 'c'])
  expect(call.record.routing?.visits[0]?.attempts).toMatchObject([
    { deploymentId: 'a', error: 'ServiceUnavailableError' },
    { deploymentId: 'b', error: 'ServiceUnavailableError', continues: true },
    { deploymentId: 'c', continues: true },
  ])
  expect(call.record.routing?.visits[0]?.attempts[2]?.error).toBeUndefined()
  expect(marks(chunks)).toMatchObject([{ deployment_id: 'b' }, { deployment_id: 'c' }])
  const [mark] = marks(chunks) as { after_characters: number }[]
  expect(WHOLE.slice(0, mark?.after_characters)).toBe('Otters hold hands ')
})

test('silence after the first words is survived too, and so is a preamble where the rest should be', async () => {
  upstream.script({ ...FIRST, reply: { text: WHOLE }, cutAfterBytes: 1_500, cutMode: 'hang' })
  upstream.script({ match: { model: 'b' }, reply: { text: 'x' }, cutAfterBytes: 40, cutMode: 'hang' })
  goOnAnywhere({}, ['c'])
  const times = { streamIdleTimeoutMs: 60, streamTimeoutMs: 120 }
  const { text, error } = await received(await table().run(route({}, times)))
  expect({ text, error }).toEqual({ text: WHOLE, error: undefined })
  expect(asked()).toEqual(['a', 'b', 'c'])
})

test('at most as many continuations as retries, then the error it broke off with', async () => {
  upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4 })
  goOnAnywhere({ failAfterEvents: 2 })
  const call = route({}, { retries: 1 })
  const { text, error } = await received(await table().run(call))
  expect(error).toMatchObject({ name: 'ServiceUnavailableError', provider: 'openai' })
  expect(WHOLE.startsWith(text)).toBe(true)
  expect(asked()).toEqual(['a', 'b'])
})

test('nobody is left to go on: the error is the one the stream broke off with', async () => {
  upstream.script({ ...FIRST, reply: { text: WHOLE }, cutAfterBytes: 1_500 })
  upstream.script({ status: 500, times: 9, match: (_request, model) => model !== 'a' })
  const { error } = await received(await table().run(route()))
  expect(error).toMatchObject({ name: 'APIConnectionError' })
  expect(asked()).toEqual(['a', 'b', 'c'])
})

test('where the group has nobody else, a fallback goes on', async () => {
  upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 5 })
  goOnAnywhere()
  const spare = { group: 'spare', id: 'spare-1', model: 'z', order: undefined }
  const routes = table([{}, spare], { fallbacks: new Map([['g', ['spare']]]), retries: 0 })
  const call = route()
  const { text, error } = await received(await routes.run(call))
  expect({ text, error }).toEqual({ text: WHOLE, error: undefined })
  expect(asked()).toEqual(['a', 'z'])
  expect(call.record.fallbacks).toBe(1)
})

describe('what is repeated', () => {
  test.each([
    ['the last words', 6, 'hands while they sleep, so that none of them drifts away.'],
    ['an unfinished word', 6, 'sleep, so that none of them drifts away.'],
  ])('%s are told once', async (_what, _events, rest) => {
    const cut = WHOLE.slice(0, WHOLE.indexOf('sleep') + 5)
    upstream.script({ ...FIRST, events: [...pieces(cut)], cutMode: 'reset' })
    upstream.script({ match: (_request, model) => model === 'b', reply: { text: rest } })
    const { text, error } = await received(await table().run(route()))
    expect({ text, error }).toEqual({ text: WHOLE, error: undefined })
  })
})

const pieces = (text: string): JsonObject[] =>
  text.split(/(?<= )/).map((content, index) => ({
    id: 'chatcmpl-first',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'a',
    choices: [
      { index: 0, delta: { ...(index === 0 && { role: 'assistant' }), content }, finish_reason: null },
    ],
  }))

describe('money', () => {
  test('both are paid, each at its own price, and the usage that is told is their sum', async () => {
    const priced = (input: number, output: number) => ({
      modelInfo: { input_cost_per_token: input, output_cost_per_token: output },
    })
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 5 })
    goOnAnywhere()
    const call = route()
    const reply = await table([priced(0.001, 0.01), priced(0.0001, 0.001)]).run(call)
    const { chunks } = await received(reply)
    stampRecord(call.record, reply.meter, createCatalogue(), { promptTokens: 30 })
    const [a, b] = call.record.attempts
    expect(call.record.usageEstimated).toBe(true)
    expect(b?.meter?.usage?.completion_tokens).toBeGreaterThan(3)
    const estimated = Math.ceil('Otters hold hands while '.length / 4)
    expect(a?.cost).toMatchObject({ nanoUsd: 1e9 * (30 * 0.001 + estimated * 0.01) })
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = b?.meter?.usage ?? {}
    expect(b?.cost).toMatchObject({ nanoUsd: Math.round(1e9 * (input * 0.0001 + output * 0.001)) })
    const told = chunks.flatMap(({ usage }) => usage ?? [])
    expect(told).toHaveLength(1)
    expect(told[0]?.completion_tokens).toBe(estimated + output)
    expect(reply.meter.usage).toEqual(told[0])
  })

  test('a stream whose continuation breaks too is charged for what came of both', async () => {
    const priced = { modelInfo: { input_cost_per_token: 0, output_cost_per_token: 0.01 } }
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 5 })
    goOnAnywhere({ failAfterEvents: 4 })
    const call = route({}, { retries: 1 })
    const reply = await table([priced, priced]).run(call)
    const { text, error, chunks } = await received(reply)
    expect(error).toBeDefined()
    expect(finishes(chunks)).toEqual([])
    stampRecord(call.record, reply.meter, createCatalogue(), { promptTokens: 30 })
    const first = 'Otters hold hands while '.length
    const tokens = Math.ceil(first / 4) + Math.ceil((text.length - first) / 4)
    expect(text.length).toBeGreaterThan(first)
    expect(call.record.cost).toMatchObject({ nanoUsd: tokens * 1e7 })
    expect(call.record).toMatchObject({ usageEstimated: true, usage: { completion_tokens: tokens } })
  })

  test('the limit of output is what is left of it', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 5 })
    goOnAnywhere()
    await received(await table().run(route({ max_tokens: 100 })))
    expect(upstream.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([
      100, 94,
    ])
  })

  test('a deployment that tells no usage is estimated, and the sum is told', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 5 })
    const rest = WHOLE.slice('Otters hold hands while '.length)
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    upstream.script({
      match: (_r, model) => model === 'b',
      events: [...pieces(rest), end, 'data: [DONE]\n\n'],
    })
    const reply = await table().run(route())
    const { chunks, error } = await received(reply)
    expect(error).toBeUndefined()
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(6 + Math.ceil(rest.length / 4))
  })
})

describe('nobody goes on', () => {
  const unsafe: readonly (readonly [string, Partial<ChatRequest>, Script])[] = [
    ['for several choices', { n: 2 }, { reply: { text: WHOLE }, failAfterEvents: 4 }],
    [
      'for JSON',
      { response_format: { type: 'json_object' }, messages: JSON_ASKED },
      { reply: { text: WHOLE }, failAfterEvents: 4 },
    ],
    ['for log probabilities', { logprobs: true }, { reply: { text: WHOLE }, failAfterEvents: 4 }],
    [
      'once a tool call has left',
      { tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }] },
      { reply: { text: 'Well', toolCalls: [{ name: 'find', arguments: { a: 'bcd' } }] }, failAfterEvents: 4 },
    ],
    [
      'once reasoning has left',
      {},
      { events: [{ choices: [{ index: 0, delta: { reasoning_content: 'Hm' } }] }, ...pieces('Well')] },
    ],
    ['once a refusal has left', {}, { events: [{ choices: [{ index: 0, delta: { refusal: 'No' } }] }] }],
    [
      'behind an answer of the caller',
      { messages: [{ role: 'assistant', content: 'So' }] },
      { events: pieces('x') },
    ],
  ]
  test.each(unsafe)('%s', async (_why, over, script) => {
    upstream.script({ ...script, ...FIRST })
    const reply = await table().run(route(over))
    const { error } = await received(reply)
    expect(error).toMatchObject({ retryable: true })
    expect(asked()).toEqual(['a'])
  })

  test('unless the operator says so', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4 })
    const reply = await table([{}, {}], { streamContinuation: undefined }).run(route())
    expect((await received(reply)).error).toMatchObject({ name: 'ServiceUnavailableError' })
    expect(asked()).toEqual(['a'])
  })

  test('when the caller does not want it', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4 })
    const reply = await table().run(route({}, { streamContinuation: false }))
    expect((await received(reply)).error).toMatchObject({ name: 'ServiceUnavailableError' })
    expect(asked()).toEqual(['a'])
  })

  test('after an error that another deployment would repeat', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4, failure: 'content-policy' })
    const { error } = await received(await table().run(route()))
    expect(error).toMatchObject({ retryable: false })
    expect(asked()).toEqual(['a'])
  })

  test('when whoever reads broke down', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE } })
    const reply = await table().run(route())
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    const boom = () => {
      throw new Error('boom')
    }
    expect(await rejectionOf(reply.pump(boom))).toMatchObject({ message: 'boom' })
    expect(asked()).toEqual(['a'])
  })

  test('when the time for the call is over', async () => {
    upstream.script({ ...FIRST, reply: { text: WHOLE }, cutAfterBytes: 1_500, cutMode: 'hang' })
    const { error } = await received(await table().run(route({}, { timeoutMs: 150 })))
    expect(error).toMatchObject({ name: 'APITimeoutError' })
    expect(asked()).toEqual(['a'])
  })
})

describe('a caller who leaves', () => {
  test.each(['by its signal', 'by aborting the stream'])('%s ends the continuation at once', async how => {
    const control = new AbortController()
    upstream.script({ ...FIRST, reply: { text: WHOLE }, failAfterEvents: 4 })
    upstream.script({ match: (_r, model) => model === 'b', latencyMs: 60_000 })
    const routes = table()
    const reply = await routes.run(route({}, { signal: control.signal }))
    const done = received(reply)
    await upstream.until(() => upstream.requests.length === 2)
    if (how === 'by its signal') control.abort()
    else if (reply.kind === 'stream') reply.abort()
    expect((await done).error).toMatchObject({ kind: 'aborted' })
    await upstream.until(() => upstream.aborted.length === 1)
    expect(asked()).toEqual(['a', 'b'])
    expect(routes.state().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0])
  })
})

test('bytes that may have to be gone on with are read; others pass as they are', async () => {
  const call = route()
  const { original } = asSent(askChat(deploymentAt(''), { stream: true }))
  const at = (over: Partial<Route<'chat'>>) => table().run({ ...call, original, ...over })
  const replies = [at({}), at({ streamContinuation: false }), at({ request: { ...call.request, n: 2 } })]
  expect((await Promise.all(replies)).map(({ kind }) => kind)).toEqual([
    'stream',
    'relay-stream',
    'relay-stream',
  ])
})
