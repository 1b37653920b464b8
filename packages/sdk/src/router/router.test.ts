import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRecord } from '../callbacks/records.ts'
import { askChat, deploymentAt, rejectionOf, SECRET, testHost } from '../testing/ask.ts'
import type { ChatRequest } from '../types/chat.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Candidate } from './candidate.ts'
import { type Route, RouteTable, type RoutingHost, type RoutingSettings } from './router.ts'
import type { RoutingStrategy } from './strategies/strategy.ts'

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

const SETTINGS: RoutingSettings = {
  retries: 2,
  timeoutMs: 5_000,
  streamTimeoutMs: undefined,
  allowedFails: 3,
  cooldownMs: 60_000,
  disableCooldowns: false,
  retryAfterMs: 0,
  groupAliases: new Map(),
  fallbacks: new Map(),
  defaultFallbacks: [],
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  maxFallbacks: 5,
}

/** Deployments named `group/id`; each asks for a model of its id, so that scripts and requests tell them apart. */
function table(
  names: readonly string[],
  settings: Partial<RoutingSettings> = {},
  surroundings: Partial<RoutingHost> = {},
) {
  const deployments = names.map((name): Deployment => {
    const [group = '', id = group] = name.split('/')
    return deploymentAt(`${upstream.url}/v1`, { id, group, model: id, apiKey: `${SECRET}-${id}` })
  })
  return new RouteTable(deployments, { ...SETTINGS, ...settings }, { ...host, ...surroundings })
}

function route(model: string, over: Partial<Route<'chat'>> = {}, request: Partial<ChatRequest> = {}) {
  const { deployment: _d, timeoutMs: _t, now: _n, ...ask } = askChat(deploymentAt(''), request)
  const record = openRecord({
    id: ask.id,
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: Date.now(),
    requestedModel: model,
  })
  return { ...ask, model, record, ...over }
}

const fail = (model: string, script: Script) => upstream.script({ ...script, match: { model } })
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)

describe('retries', () => {
  test.each(['rate-limit', 'server', 'unauthorized', 'not-found', 'quota'] as const)(
    'after %s another deployment of the group is asked at once',
    async failure => {
      fail('a', { failure })
      const routed = route('g')
      await table(['g/a', 'g/b']).run(routed)
      expect(asked()).toEqual(['a', 'b'])
      expect(routed.record.attempts.map(({ deploymentId }) => deploymentId)).toEqual(['a', 'b'])
      expect(routed.record.attempts[0]?.error?.name).toBeTruthy()
      expect(routed.record.deployment?.id).toBe('b')
    },
  )

  test('a single deployment is asked again after what it asked to wait', async () => {
    upstream.script({ failure: 'rate-limit', headers: { 'retry-after-ms': '120' } })
    const startedAt = performance.now()
    await table(['g/a']).run(route('g'))
    expect(asked()).toEqual(['a', 'a'])
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115)
  })

  test('a wait that would outlast the call is not begun', async () => {
    upstream.script({ failure: 'rate-limit', retryAfterSeconds: 30, times: 5 })
    const error = await rejectionOf(table(['g/a']).run(route('g')))
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 30_000 })
    expect(asked()).toEqual(['a'])
  })

  test.each(['invalid', 'unauthorized', 'quota', 'not-found'] as const)(
    'a group of one is not asked again after %s',
    async failure => {
      upstream.script({ failure, times: 9 })
      await rejectionOf(table(['g/a']).run(route('g')))
      expect(asked()).toEqual(['a'])
    },
  )

  test('the caller’s mistake is not taken elsewhere', async () => {
    upstream.script({ failure: 'invalid', times: 9 })
    await rejectionOf(table(['g/a', 'g/b', 'f/c'], { defaultFallbacks: ['f'] }).run(route('g')))
    expect(asked()).toEqual(['a'])
  })

  test('as many times as told, and not once more', async () => {
    upstream.script({ status: 500, times: 99 })
    for (const retries of [0, 1, 2]) {
      const before = upstream.requests.length
      await rejectionOf(table(['g/a', 'g/b', 'g/c', 'g/d']).run(route('g', { retries })))
      expect(upstream.requests.length - before).toBe(retries + 1)
    }
  })

  test('a stream that fails before its first event is asked for again', async () => {
    fail('a', { failAfterEvents: 0 })
    expect(await table(['g/a', 'g/b']).run(route('g', {}, { stream: true }))).toMatchObject({
      kind: 'stream',
    })
    expect(asked()).toEqual(['a', 'b'])
  })
})

describe('fallbacks', () => {
  test('the next group answers when the first cannot, and the record says so', async () => {
    fail('a', { status: 503, times: 9 })
    const routed = route('g', { retries: 0 })
    await table(['g/a', 'f/b'], { fallbacks: new Map([['g', ['f']]]) }).run(routed)
    expect(asked()).toEqual(['a', 'b'])
    expect(routed.record.fallbacks).toBe(1)
  })

  test('a context window and a content policy have lists of their own, asked first', async () => {
    const settings = {
      fallbacks: new Map([['g', ['plain']]]),
      contextWindowFallbacks: new Map([['g', ['long']]]),
      contentPolicyFallbacks: new Map([['g', ['lenient']]]),
    }
    const names = ['g/a', 'plain/p', 'long/l', 'lenient/c']
    fail('a', { failure: 'context' })
    await table(names, settings).run(route('g'))
    fail('a', { failure: 'content-policy' })
    await table(names, settings).run(route('g'))
    fail('a', { status: 500 })
    await table(names, settings).run(route('g', { retries: 0 }))
    expect(asked()).toEqual(['a', 'l', 'a', 'c', 'a', 'p'])
  })

  test('groups that fall back on each other end, with the first group’s error', async () => {
    fail('a', { failure: 'rate-limit', times: 9 })
    fail('b', { status: 500, times: 9 })
    const settings = {
      fallbacks: new Map([
        ['g', ['f', 'g']],
        ['f', ['g', 'f']],
      ]),
      defaultFallbacks: ['g'],
    }
    const error = await rejectionOf(table(['g/a', 'f/b'], settings).run(route('g', { retries: 0 })))
    expect(error).toMatchObject({ name: 'RateLimitError', model: 'a' })
    expect(asked()).toEqual(['a', 'b'])
  })

  test('no more groups than allowed are asked', async () => {
    upstream.script({ status: 500, times: 99 })
    const names = ['g', 'f1', 'f2', 'f3', 'f4'].map(name => `${name}/${name}`)
    const settings = { fallbacks: new Map([['g', ['f1', 'f2', 'f3', 'f4']]]), maxFallbacks: 2 }
    await rejectionOf(table(names, settings).run(route('g', { retries: 0 })))
    expect(asked()).toEqual(['g', 'f1', 'f2'])
  })

  test('the call’s own list replaces the configured one, and may be switched off', async () => {
    fail('a', { status: 500, times: 9 })
    const settings = { fallbacks: new Map([['g', ['f']]]) }
    await table(['g/a', 'f/b', 'own/c'], settings).run(route('g', { retries: 0, fallbacks: ['own'] }))
    await rejectionOf(table(['g/a', 'f/b'], settings).run(route('g', { retries: 0, disableFallbacks: true })))
    expect(asked()).toEqual(['a', 'c', 'a'])
  })

  test('a failure on demand asks nobody of the first group, and what follows is real', async () => {
    const settings = { contextWindowFallbacks: new Map([['g', ['long']]]), defaultFallbacks: ['plain'] }
    const names = ['g/a', 'long/l', 'plain/p']
    await table(names, settings).run(route('g', { mockFailure: 'context_window' }))
    await table(names, settings).run(route('g', { mockFailure: 'internal' }))
    expect(asked()).toEqual(['l', 'p'])
    const error = await rejectionOf(table(names).run(route('g', { mockFailure: 'rate_limit' })))
    expect(error).toMatchObject({ name: 'RateLimitError' })
  })

  test('a fallback may be asked something else, and the client’s own bytes are not passed on then', async () => {
    fail('a', { status: 500 })
    const target = { model: 'f', params: { messages: [{ role: 'user' as const, content: 'Shorter' }] } }
    const routed = route('g', { retries: 0, fallbacks: [target] })
    const body = { ...routed.request }
    const original = { format: 'openai-chat', bytes: Buffer.from(JSON.stringify(body)), body }
    await table(['g/a', 'f/b']).run({ ...routed, original })
    expect(upstream.requests.map(({ body }) => (body as ChatRequest).messages[0]?.content)).toEqual([
      'Hello there',
      'Shorter',
    ])
  })

  test('a fallback may be one deployment, which is asked though it rests', async () => {
    fail('b', { failure: 'rate-limit' })
    const routes = table(['g/a', 'f/b', 'f/c'], { fallbacks: new Map([['g', ['b']]]) })
    await routes.run(route('f'))
    fail('a', { status: 500 })
    await routes.run(route('g', { retries: 0 }))
    expect(asked()).toEqual(['b', 'c', 'a', 'b'])
  })

  test('the receipt tells the groups, why each was left, and every attempt', async () => {
    fail('a', { status: 503 })
    const routed = route('g', { retries: 0 })
    await table(['g/a', 'f/b'], { fallbacks: new Map([['g', ['f']]]) }).run(routed)
    expect(routed.record.routing).toEqual({
      visits: [
        {
          ...{ group: 'g', because: undefined, strategy: 'simple-shuffle', candidates: 1 },
          ...{ ruledOut: [], ruledOutCount: 0 },
          attempts: [
            {
              deploymentId: 'a',
              durationMs: expect.any(Number),
              status: 503,
              error: 'ServiceUnavailableError',
            },
          ],
        },
        {
          ...{ group: 'f', because: 'ServiceUnavailableError', strategy: 'simple-shuffle', candidates: 1 },
          ...{ ruledOut: [], ruledOutCount: 0 },
          attempts: [{ deploymentId: 'b', durationMs: expect.any(Number) }],
        },
      ],
    })
  })

  test('a fallback that does not exist hides nothing', async () => {
    fail('a', { status: 500 })
    const error = await rejectionOf(
      table(['g/a'], { fallbacks: new Map([['g', ['ghost']]]) }).run(route('g', { retries: 0 })),
    )
    expect(error).toMatchObject({ name: 'InternalServerError' })
  })
})

describe('cooldowns', () => {
  test('a deployment that said 429 rests, and one of many still answers', async () => {
    fail('a', { failure: 'rate-limit' })
    const routes = table(['g/a', 'g/b'])
    for (let round = 0; round < 3; round++) await routes.run(route('g'))
    expect(asked()).toEqual(['a', 'b', 'b', 'b'])
  })

  test('it serves again when its time is over', async () => {
    let now = 1_000_000
    fail('a', { failure: 'rate-limit' })
    const routes = table(['g/a', 'g/b'], {}, { now: () => now })
    await routes.run(route('g'))
    now += 60_001
    await routes.run(route('g'))
    expect(asked()).toEqual(['a', 'b', 'a'])
  })

  test('a group whose deployments all rest says when to come back, and why each was ruled out', async () => {
    const now = 1_000_000
    const routes = table(['g/a', 'g/b'], {}, { now: () => now })
    fail('a', { failure: 'rate-limit', retryAfterSeconds: 20 })
    fail('b', { failure: 'rate-limit', retryAfterSeconds: 30 })
    await rejectionOf(routes.run(route('g', { retries: 1 })))
    const routed = route('g')
    const error = await rejectionOf(routes.run(routed))
    expect(error).toMatchObject({
      name: 'RateLimitError',
      status: 429,
      retryAfterMs: 20_000,
      provider: undefined,
    })
    expect(String(error)).toBe(
      'RateLimitError: No deployments available for selected model, Try again in 20 seconds. Passed model=g. ' +
        "pre-call-checks=False, cooldown_list=['a', 'b']. a: it rests for 20000 ms after RateLimitError; " +
        'b: it rests for 30000 ms after RateLimitError.',
    )
    expect(asked()).toEqual(['a', 'b'])
    expect(routed.record.routing?.visits[0]).toMatchObject({ candidates: 2, ruledOutCount: 2, attempts: [] })
  })

  test('a lone deployment without fallbacks is asked all the same: its own answer is the truth', async () => {
    fail('a', { failure: 'unauthorized', times: 2 })
    const routes = table(['g/a'])
    for (let round = 0; round < 2; round++)
      expect(await rejectionOf(routes.run(route('g')))).toMatchObject({ name: 'AuthenticationError' })
    await routes.run(route('g'))
    expect(asked()).toEqual(['a', 'a', 'a'])
    expect(routes.state()).toMatchObject([{ circuit: 'closed', inFlight: 0 }])
  })

  test('a lone deployment that rests is passed over for its fallback, without another wait', async () => {
    fail('a', { failure: 'rate-limit', retryAfterSeconds: 30 })
    const routes = table(['g/a', 'f/b'], { fallbacks: new Map([['g', ['f']]]) })
    for (let round = 0; round < 3; round++) await routes.run(route('g'))
    expect(asked()).toEqual(['a', 'b', 'b', 'b'])
  })

  test('one credential that is refused rests all its deployments, in other groups too', async () => {
    const at = (group: string, id: string, apiKey: string) =>
      deploymentAt(`${upstream.url}/v1`, { id, group, model: id, apiKey })
    const deployments = [
      at('g', 'a', 'k1-secret'),
      at('g', 'b', 'k2-secret'),
      at('h', 'c', 'k1-secret'),
      at('h', 'd', 'k2-secret'),
    ]
    const routes = new RouteTable(deployments, SETTINGS, host)
    fail('a', { failure: 'unauthorized' })
    await routes.run(route('g'))
    await routes.run(route('h'))
    expect(asked()).toEqual(['a', 'b', 'd'])
    expect(
      routes.state().map(({ deploymentId, circuit, credential }) => [deploymentId, circuit, credential]),
    ).toEqual([
      ['a', 'open', true],
      ['b', 'closed', false],
      ['c', 'open', true],
      ['d', 'closed', false],
    ])
    expect(JSON.stringify(routes.state())).not.toContain('secret')
  })

  test('one request shows whether it is well again, and only a request that may go on elsewhere', async () => {
    let now = 1_000_000
    const routes = table(['g/a', 'g/b'], { cooldownMs: 1000 }, { now: () => now })
    fail('a', { failure: 'not-found', times: 2 })
    await routes.run(route('g'))
    now += 1000
    const probed = route('g')
    const [first, second] = await Promise.all([routes.run(probed), routes.run(route('g'))])
    expect([first.kind, second.kind]).toEqual(['whole', 'whole'])
    expect(asked().sort()).toEqual(['a', 'a', 'b', 'b', 'b'])
    expect(probed.record.routing?.visits[0]?.attempts).toMatchObject([
      { deploymentId: 'a', probe: true, status: 404, error: 'NotFoundError' },
      { deploymentId: 'b', durationMs: 0 },
    ])
    expect(routes.state()).toMatchObject([{ circuit: 'open', restMs: 2000 }, { circuit: 'closed' }])
    now += 2000
    await routes.run(route('g'))
    expect(routes.state()).toMatchObject([{ circuit: 'closed' }, { circuit: 'closed' }])
  })

  test('a strategy of one’s own chooses, and hears how every attempt went', async () => {
    fail('c', { status: 500 })
    const heard: string[] = []
    const strategy: RoutingStrategy = {
      name: 'the last one',
      pick: candidates => candidates.at(-1) as Candidate,
      observe: ({ deployment }, { failure }) => void heard.push(`${deployment.id} ${failure ?? 'well'}`),
    }
    const routed = route('g')
    await table(['g/a', 'g/b', 'g/c'], { strategy }).run(routed)
    expect(asked()).toEqual(['c', 'b'])
    expect(heard).toEqual(['c other', 'b well'])
    expect(routed.record.routing?.visits[0]?.strategy).toBe('the last one')
  })

  test('what is known of deployments outlives a change of settings', async () => {
    fail('a', { failure: 'rate-limit' })
    const names = ['g/a', 'g/b']
    const before = table(names)
    await before.run(route('g'))
    const deployments = before.groups.all().map(each => ({ ...each, weight: 1 }))
    const after = new RouteTable(deployments, { ...SETTINGS, retries: 0 }, host, before)
    await after.run(route('g'))
    expect(asked()).toEqual(['a', 'b', 'b'])
  })

  test('a stream that breaks later counts against its deployment, and a reader that breaks down does not', async () => {
    const routes = table(['g/a', 'g/b'], { allowedFails: 0 })
    fail('a', { failAfterEvents: 2 })
    const reply = await routes.run(route('g', {}, { stream: true }))
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    expect(routes.state()).toMatchObject([{ inFlight: 1 }, { inFlight: 0 }])
    expect(await rejectionOf(reply.pump(() => undefined))).toBeInstanceOf(Error)
    expect(routes.state()).toMatchObject([{ inFlight: 0, circuit: 'open' }, { inFlight: 0 }])
    const other = await routes.run(route('g', {}, { stream: true }))
    if (other.kind !== 'stream') throw new Error(other.kind)
    const failing = other.pump(() => {
      throw new Error('the client is gone')
    })
    expect(await rejectionOf(failing)).toMatchObject({ message: 'the client is gone' })
    expect(routes.state()).toMatchObject([{ circuit: 'open' }, { inFlight: 0, circuit: 'closed' }])
  })

  test('`order` decides before chance', async () => {
    const deployments = ['a', 'b', 'c'].map((id, index) =>
      deploymentAt(`${upstream.url}/v1`, { id, group: 'g', model: id, order: 3 - index }),
    )
    const routes = new RouteTable(deployments, SETTINGS, host)
    fail('c', { failure: 'rate-limit' })
    await routes.run(route('g'))
    expect(asked()).toEqual(['c', 'b'])
  })
})

describe('time and giving up', () => {
  test('the whole call has one deadline, over retries and fallbacks', async () => {
    upstream.script({ latencyMs: 60_000, times: 99 })
    const startedAt = performance.now()
    const routes = table(['g/a', 'f/b'], { fallbacks: new Map([['g', ['f']]]) })
    const error = await rejectionOf(routes.run(route('g', { timeoutMs: 150 })))
    expect(error).toMatchObject({ name: 'APITimeoutError' })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('a deployment’s own timeout leaves time for another', async () => {
    fail('slow', { latencyMs: 60_000 })
    const at = (id: string, timeoutMs?: number) =>
      deploymentAt(`${upstream.url}/v1`, { id, group: 'g', model: id, timeoutMs })
    await new RouteTable([at('slow', 50), at('b')], SETTINGS, host).run(route('g'))
    expect(asked()).toEqual(['slow', 'b'])
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('aborting ends it at once: no retry, no fallback, and the socket is free', async () => {
    upstream.script({ latencyMs: 60_000, times: 99 })
    const control = new AbortController()
    const routes = table(['g/a', 'g/b', 'f/c'], { fallbacks: new Map([['g', ['f']]]) })
    const error = rejectionOf(routes.run(route('g', { signal: control.signal })))
    await upstream.until(() => upstream.requests.length === 1)
    control.abort()
    expect(await error).toMatchObject({ name: 'APIUserAbortError' })
    await upstream.until(() => upstream.aborted.length > 0)
    expect(asked()).toEqual(['a'])
  })

  test('aborting while it waits to retry ends the wait', async () => {
    upstream.script({ failure: 'rate-limit', retryAfterSeconds: 4, times: 9 })
    const control = new AbortController()
    const routed = route('g', { signal: control.signal })
    const error = rejectionOf(table(['g/a']).run(routed))
    await upstream.until(() => upstream.requests.length === 1)
    while (routed.record.attempts[0]?.error === undefined) await new Promise(resolve => setImmediate(resolve))
    control.abort()
    expect(await error).toMatchObject({ name: 'APIUserAbortError' })
  })
})

test('an unknown name is not found, in LiteLLM’s words', async () => {
  const error = await rejectionOf(table(['g/a']).run(route('nope')))
  expect(error).toMatchObject({ name: 'NotFoundError', code: 'model_not_found' })
  expect(String(error)).toContain('Invalid model name passed in model=nope')
})

test('what the call lays over a deployment wins', async () => {
  const reply = await table(['g/a']).run(route('g', { overrides: { mockResponse: 'canned' } }))
  expect(reply).toMatchObject({ response: { choices: [{ message: { content: 'canned' } }] } })
  expect(asked()).toEqual([])
})

describe('where a call may end', () => {
  const settings = {
    fallbacks: new Map([['a', ['b']]]),
    contextWindowFallbacks: new Map([['b', ['c', 'a']]]),
    defaultFallbacks: ['d'],
  }
  const ids = (over: Partial<Route<'chat'>>) =>
    table(['a/1', 'a/2', 'b/3', 'c/4', 'd/5', 'e/6'], settings)
      .reachable({ model: 'a', ...over })
      .map(({ id }) => id)

  test('is every group its fallbacks lead to, once, without loops', () => {
    expect(ids({})).toEqual(['1', '2', '3', '5', '4'])
  })

  test('is what the caller names instead', () => {
    expect(ids({ fallbacks: ['e'] })).toEqual(['1', '2', '6', '5'])
  })

  test('is the group itself without fallbacks', () => {
    expect(ids({ disableFallbacks: true })).toEqual(['1', '2'])
  })
})
