import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRecord, stampRecord } from '../../callbacks/records.ts'
import { createCatalogue } from '../../models/catalogue.ts'
import type { Reply } from '../../steps/reply.ts'
import { askChat, asSent, deploymentAt, SECRET, testHost } from '../../testing/ask.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'
import { type Route, RouteTable } from '../router.ts'

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

/** What would give the first stream away. */
const FIRST = 'never-to-be-seen'
const messages = [{ role: 'user', content: 'Hello there' }]
const chunk = (fields: JsonObject) => ({ id: FIRST, object: 'chat.completion.chunk', model: 'a', ...fields })
const role = { index: 0, delta: { role: 'assistant', content: '', refusal: null }, finish_reason: null }
const filtered = { prompt_index: 0, content_filter_results: { hate: { filtered: false } } }
const message = { id: FIRST, type: 'message', role: 'assistant', content: [], usage: { input_tokens: 3 } }

interface Format {
  readonly deployment: Partial<Deployment>
  readonly path?: string
  /** What may come before any output. */
  readonly preamble: readonly unknown[]
  /** The client's own words for the same question, where they may be relayed. */
  readonly relayed?: { readonly format: string; readonly body: JsonObject }
  readonly endpoint?: 'text_completion'
}

const formats: Readonly<Record<string, Format>> = {
  'openai-chat': {
    deployment: {},
    path: '/v1',
    preamble: [
      ': waiting\n\n',
      chunk({ choices: [], prompt_filter_results: [filtered] }),
      chunk({ choices: [role] }),
    ],
    relayed: { format: 'openai-chat', body: { model: 'asked', messages, stream: true } },
  },
  'anthropic-messages': {
    deployment: { provider: 'anthropic' },
    preamble: [
      { type: 'message_start', message },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    relayed: {
      format: 'anthropic-messages',
      body: { model: 'asked', max_tokens: 50, messages, stream: true },
    },
  },
  gemini: {
    deployment: { provider: 'gemini' },
    preamble: [
      { responseId: FIRST, usageMetadata: { promptTokenCount: 3 } },
      { responseId: FIRST, candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '' }] } }] },
    ],
    relayed: { format: 'gemini', body: { contents: [{ role: 'user', parts: [{ text: 'Hello there' }] }] } },
  },
  bedrock: {
    deployment: { provider: 'bedrock', params: { aws_region_name: 'us-east-1' } },
    preamble: [{ type: 'messageStart', data: { role: 'assistant', p: FIRST } }],
  },
  completions: {
    deployment: { provider: 'text-completion-openai' },
    path: '/v1',
    endpoint: 'text_completion',
    preamble: [
      { id: FIRST, object: 'text_completion', choices: [{ index: 0, text: '', finish_reason: null }] },
    ],
    relayed: { format: 'openai-completions', body: { model: 'asked', prompt: 'Hello there', stream: true } },
  },
}

const SETTINGS = {
  ...{ retries: 2, timeoutMs: 5_000, streamTimeoutMs: undefined, allowedFails: 3, cooldownMs: 20 },
  ...{ disableCooldowns: false, retryAfterMs: 0, groupAliases: new Map(), fallbacks: new Map() },
  ...{ defaultFallbacks: [], contextWindowFallbacks: new Map(), contentPolicyFallbacks: new Map() },
  maxFallbacks: 5,
}

function table({ deployment, path = '' }: Format) {
  const both = ['a', 'b'].map((id, index) =>
    deploymentAt(upstream.url + path, {
      ...{ id, model: id, order: index + 1, apiKey: SECRET },
      ...deployment,
    }),
  )
  return new RouteTable(both, SETTINGS, host)
}

function routeOf({ relayed, endpoint }: Format, relays: boolean): Route<'chat'> {
  const { deployment: _d, timeoutMs: _t, now: _n, ...ask } = askChat(deploymentAt(''), { stream: true })
  const facts = { id: ask.id, endpoint: 'chat' as const, format: 'openai-chat' }
  const record = openRecord({ ...facts, startedAt: Date.now(), requestedModel: 'g' })
  const text = endpoint && {
    endpoint,
    clientFormat: 'openai-completions',
    request: { model: 'asked', prompt: 'Hello there', stream: true },
  }
  const route = { ...ask, ...text, model: 'g', record } as unknown as Route<'chat'>
  if (!relays || relayed === undefined) return route
  const { original } = asSent(askChat(deploymentAt('')), JSON.stringify(relayed.body), relayed.format)
  return { ...route, clientFormat: relayed.format, original }
}

/** Everything a client gets, as text, and in how many pieces. */
async function received(reply: Reply<'chat'>): Promise<{ text: string; first: string }> {
  const pieces: string[] = []
  if (reply.kind === 'stream') await reply.pump(events => void pieces.push(JSON.stringify(events)))
  else if (reply.kind === 'relay-stream') await reply.pump(bytes => void pieces.push(String(bytes)))
  else throw new Error(reply.kind)
  return { text: pieces.join(''), first: pieces[0] ?? '' }
}

const said = (text: string) => [...text.matchAll(/"(?:content|text)":\s?"([^"]+)"/g)].map(found => found[1])

const troubles: readonly (readonly [string, Script, string])[] = [
  [
    'turns into an error',
    { failAfterEvents: 9 },
    'InternalServerError|ServiceUnavailableError|RateLimitError',
  ],
  ['is cut', { cutAfterBytes: -1, cutMode: 'reset' }, 'APIConnectionError|TruncatedStreamError'],
  ['ends', {}, 'TruncatedStreamError'],
  ['falls silent', { cutAfterBytes: -1, cutMode: 'hang' }, 'APITimeoutError'],
]

const cases = Object.entries(formats).flatMap(([name, format]) =>
  [true, false].filter(relays => !relays || format.relayed).map(relays => ({ name, format, relays })),
)

describe.each(cases)('a stream of $name, relayed: $relays, whose preamble', ({ format, relays }) => {
  test.each(troubles)('%s is asked for elsewhere, and nothing of it is seen', async (_how, script, error) => {
    const { preamble } = format
    const cut = script.cutAfterBytes === undefined ? {} : { cutAfterBytes: await lengthOf(format) }
    upstream.script({ ...script, ...cut, events: preamble, match: { model: 'a' } })
    const route = { ...routeOf(format, relays), streamTimeoutMs: 150 }
    const reply = await table(format).run(route)
    expect(reply.kind).toBe(relays ? 'relay-stream' : 'stream')
    const { text } = await received(reply)
    expect(text).not.toContain(FIRST)
    expect(said(text).join('')).toBe('You said: Hello there')
    const { attempts } = route.record
    expect(attempts.map(({ deploymentId }) => deploymentId)).toEqual(['a', 'b'])
    expect(attempts[0]?.error?.name).toMatch(new RegExp(error))
    expect(attempts[0]?.meter).toBeUndefined()
  })

  test('is given up by its caller is charged for its prompt', async () => {
    const { preamble, path = '', deployment } = format
    const length = await lengthOf(format)
    upstream.script({ events: preamble, cutAfterBytes: length, cutMode: 'hang' })
    const caller = new AbortController()
    const seen = hostSeenBy(now => now >= length && caller.abort())
    const route = { ...routeOf(format, relays), signal: caller.signal }
    const only = deploymentAt(upstream.url + path, { model: 'a', apiKey: SECRET, ...deployment })
    await expect(new RouteTable([only], SETTINGS, seen).run(route)).rejects.toMatchObject({ kind: 'aborted' })
    stampRecord(route.record, undefined, createCatalogue(), { promptTokens: 7 })
    expect(route.record.usage?.prompt_tokens).toBeGreaterThan(0)
  })

  test('goes on is handed over as one piece with the first output', async () => {
    const route = routeOf(format, relays)
    const reply = await table(format).run(route)
    const { text, first } = await received(reply)
    expect(said(first).join('')).not.toBe('')
    expect(text.startsWith(first)).toBe(true)
    expect(route.record.attempts).toHaveLength(1)
  })
})

/** The host, with `see` told how many bytes of answers went up so far. */
function hostSeenBy(see: (length: number) => void): typeof host {
  let length = 0
  const open: typeof host.transport.open = async (...asked) => {
    const reply = await host.transport.open(...asked)
    return {
      ...{ status: reply.status, headers: reply.headers },
      collect: () => reply.collect(),
      abort: () => reply.abort(),
      pump: push =>
        reply.pump(bytes => {
          const taken = push(bytes)
          see((length += bytes.length))
          return taken
        }),
    }
  }
  return { ...host, transport: { ...host.transport, open } }
}

/** Bytes of the preamble as this format writes it. */
async function lengthOf(format: Format): Promise<number> {
  upstream.script({ events: format.preamble, match: { model: 'a' } })
  let length = 0
  const seen = hostSeenBy(now => {
    length = now
  })
  const only = deploymentAt(upstream.url + (format.path ?? ''), { model: 'a', ...format.deployment })
  const routes = new RouteTable([only], { ...SETTINGS, retries: 0 }, seen)
  await routes.run(routeOf(format, false)).catch(() => undefined)
  return length
}

test('a preamble that is longer than 64 KB goes out', async () => {
  const long = chunk({ choices: [{ ...role, delta: { role: 'assistant' } }], padding: 'x'.repeat(70_000) })
  upstream.script({ events: [long], match: { model: 'a' } })
  const format = formats['openai-chat'] as Format
  const reply = await table(format).run(routeOf(format, false))
  await expect(received(reply)).rejects.toMatchObject({ name: 'TruncatedStreamError' })
})

test('an answer that is over without a word is an answer', async () => {
  upstream.script({ reply: { text: '' }, match: { model: 'a' } })
  const format = formats['openai-chat'] as Format
  const route = routeOf(format, false)
  const { text } = await received(await table(format).run(route))
  expect(text).toContain('"finish_reason":"stop"')
  expect(route.record.attempts).toHaveLength(1)
})

test('the time to the first token ends with the first output, not with a preamble', async () => {
  upstream.script({ tokenIntervalMs: 60, match: { model: 'a' } })
  const format = formats['openai-chat'] as Format
  const route = routeOf(format, true)
  await received(await table(format).run(route))
  expect(route.record.attempts[0]?.durationMs).toBeGreaterThanOrEqual(55)
})
