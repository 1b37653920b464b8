import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRecord } from '../../callbacks/records.ts'
import { sealOf } from '../../codecs/seal.ts'
import { askChat, deploymentAt, testHost } from '../../testing/ask.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { ChatMessage } from '../../types/chat.ts'
import { type Candidate, trackOf } from '../candidate.ts'
import { RouteTable, type RoutingSettings } from '../router.ts'
import type { RoutingStrategy } from '../strategies/strategy.ts'
import { LocalWire } from '../testing/local-wire.ts'

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
  ...{ retries: 2, timeoutMs: 5_000, streamTimeoutMs: undefined, retryAfterMs: 0, maxFallbacks: 5 },
  ...{ allowedFails: 3, cooldownMs: 60_000, disableCooldowns: false },
  ...{ groupAliases: new Map(), fallbacks: new Map(), defaultFallbacks: [] },
  ...{ contextWindowFallbacks: new Map(), contentPolicyFallbacks: new Map() },
}

/** Takes one after the other, so that whatever stays does not stay by chance. */
function inTurns(seen: Candidate[] = []): RoutingStrategy {
  let turn = 0
  return {
    name: 'in-turns',
    pick(candidates) {
      seen.splice(0, seen.length, ...candidates)
      return candidates[turn++ % candidates.length] as Candidate
    },
  }
}

function table(settings: Partial<RoutingSettings>, more: object = {}, ids = ['a', 'b', 'c']): RouteTable {
  const deployments = ids.map(id =>
    deploymentAt(`${upstream.url}/v1`, { id, group: 'g', model: id, apiKey: `k-${id}` }),
  )
  return new RouteTable(deployments, { ...SETTINGS, strategy: inTurns(), ...settings }, { ...host, ...more })
}

interface From {
  readonly sessionId?: string
  readonly keyHash?: string
  readonly messages?: ChatMessage[]
}

async function ask(routes: RouteTable, { sessionId, keyHash, messages }: From): Promise<CallRecord> {
  const {
    deployment: _d,
    timeoutMs: _t,
    now: _n,
    ...rest
  } = askChat(deploymentAt(''), messages ? { messages } : {})
  const record = openRecord({
    ...{ id: rest.id, endpoint: 'chat', format: 'openai-chat', startedAt: Date.now(), requestedModel: 'g' },
  })
  record.sessionId = sessionId
  record.caller = keyHash === undefined ? undefined : { keyHash }
  await routes.run({ ...rest, model: 'g', record })
  return record
}

const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const notesOf = (record: CallRecord) => record.routing?.visits[0]?.attempts.map(({ affinity }) => affinity)
const long = 'word '.repeat(2_000)
const turns = (...texts: readonly string[]): ChatMessage[] =>
  texts.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }))

describe('a session', () => {
  test('stays with its deployment, while others go round', async () => {
    const routes = table({ affinity: ['session'] })
    await ask(routes, { sessionId: 's' })
    for (let n = 0; n < 3; n++) await ask(routes, {})
    const record = await ask(routes, { sessionId: 's' })
    expect(asked()).toEqual(['a', 'b', 'c', 'a', 'a'])
    expect(notesOf(record)).toEqual([{ by: 'session' }])
  })

  test('is its key’s own: another key that calls its session the same neither follows nor moves it', async () => {
    const routes = table({ affinity: ['session'] })
    const mine = { sessionId: 's', keyHash: 'mine' }
    await ask(routes, mine)
    const theirs = await ask(routes, { sessionId: 's', keyHash: 'theirs' })
    expect(notesOf(theirs)).toEqual([undefined])
    await ask(routes, mine)
    expect(asked()).toEqual(['a', 'b', 'a'])
  })

  test('moves when its deployment fails, stays where it went, and the receipt says so', async () => {
    const routes = table({ affinity: ['session'] })
    await ask(routes, { sessionId: 's' })
    upstream.script({ failure: 'rate-limit', match: { model: 'a' } })
    const moved = await ask(routes, { sessionId: 's' })
    expect(notesOf(moved)).toEqual([{ by: 'session' }, { by: 'session', left: 'it failed in this call' }])
    await ask(routes, { sessionId: 's' })
    expect(asked()).toEqual(['a', 'a', 'c', 'c'])
  })

  test('does not wait for a deployment that rests', async () => {
    const routes = table({ affinity: ['session', 'deployment'] })
    await ask(routes, { sessionId: 's' })
    upstream.script({ failure: 'rate-limit', match: { model: 'a' } })
    for (let n = 0; n < 3; n++) await ask(routes, {})
    const record = await ask(routes, { sessionId: 's' })
    expect(notesOf(record)).toEqual([{ by: 'session', left: 'it is not ready' }])
  })

  test('is forgotten after its time, and not by a change of settings', async () => {
    let now = Date.now()
    const settings = { affinity: ['session'], affinityTtlMs: 60_000, strategy: inTurns() } as const
    const first = table(settings, { now: () => now })
    await ask(first, { sessionId: 's' })
    const next = new RouteTable(
      first.groups.all(),
      { ...SETTINGS, ...settings },
      { ...host, now: () => now },
      first,
    )
    now += 59_000
    await ask(next, { sessionId: 's' })
    now += 61_000
    await ask(next, { sessionId: 's' })
    expect(asked()).toEqual(['a', 'a', 'b'])
  })
})

test('calls with one key stay together, and groups go by their own list', async () => {
  const routes = table({ affinity: ['session'], groupAffinity: new Map([['g', ['deployment']]]) })
  for (const keyHash of ['k', 'l', 'k', 'l']) await ask(routes, { keyHash, sessionId: 's' })
  expect(asked()).toEqual(['a', 'b', 'a', 'b'])
})

describe('a long prompt', () => {
  test('goes where its beginning was read before', async () => {
    const routes = table({ affinity: ['prompt-cache'] })
    await ask(routes, { messages: turns(long) })
    await ask(routes, { messages: turns('short') })
    const record = await ask(routes, { messages: turns(long, 'yes', 'and?') })
    expect(asked()).toEqual(['a', 'b', 'a'])
    expect(notesOf(record)).toEqual([{ by: 'prompt-cache' }])
  })

  test('leaves when waiting costs more than the cache saves, and then both are warm', async () => {
    const seen: Candidate[] = []
    const routes = table({ affinity: ['prompt-cache'], strategy: inTurns(seen) }, {}, ['a', 'b'])
    await ask(routes, { messages: turns(long) })
    const [a, b] = seen
    if (!a || !b) throw new Error('nobody was seen')
    trackOf(a, false).observe({ now: Date.now(), durationMs: 2_000 })
    a.load.inFlight += 40
    const left = await ask(routes, { messages: turns(long, 'yes', 'and?') })
    expect(notesOf(left)?.[0]).toMatchObject({ by: 'prompt-cache', left: expect.stringMatching(/ms longer/) })
    a.load.inFlight -= 40
    b.load.inFlight += 40
    trackOf(b, false).observe({ now: Date.now(), durationMs: 9_000 })
    await ask(routes, { messages: turns(long, 'yes', 'and?') })
    expect(asked()).toEqual(['a', 'b', 'a'])
  })
})

describe('sealed thinking', () => {
  const orgs = ['one', 'two', 'three']
  const routes = () =>
    new RouteTable(
      orgs.map(id => deploymentAt(`${upstream.url}/v1`, { id, group: 'g', model: id, organization: id })),
      { ...SETTINGS, strategy: inTurns(), affinity: ['encrypted-content', 'session'] },
      host,
    )
  const sealed = (by: string): ChatMessage[] => {
    const seal = sealOf(deploymentAt(`${upstream.url}/v1`, { organization: by }))
    const block = { type: 'thinking' as const, thinking: '', signature: `some-format@${seal}:id:sealed` }
    return [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y', thinking_blocks: [block] },
      { role: 'user', content: 'z' },
    ]
  }

  test('goes back to the organization that sealed it, whatever the session says', async () => {
    const table = routes()
    await ask(table, { sessionId: 's' })
    const record = await ask(table, { sessionId: 's', messages: sealed('three') })
    expect(asked()).toEqual(['one', 'three'])
    expect(notesOf(record)).toEqual([{ by: 'encrypted-content' }])
  })

  test('of an organization that is not there holds nothing up', async () => {
    const record = await ask(routes(), { messages: sealed('gone') })
    expect(notesOf(record)).toEqual([{ by: 'encrypted-content', left: 'it cannot serve this call' }])
  })
})

describe('replicas', () => {
  test('learn from each other where sessions and long prompts are', async () => {
    const wire = new LocalWire()
    const one = table({ affinity: ['session', 'prompt-cache'] }, { news: wire.join() })
    const two = table({ affinity: ['session', 'prompt-cache'] }, { news: wire.join() })
    await ask(one, {})
    await ask(one, { sessionId: 's' })
    await ask(one, {
      messages: [
        { role: 'system', content: long },
        { role: 'user', content: 'x' },
      ],
    })
    await ask(two, { sessionId: 's' })
    await ask(two, {
      messages: [
        { role: 'system', content: long },
        { role: 'user', content: 'y' },
      ],
    })
    expect(asked()).toEqual(['a', 'b', 'c', 'b', 'c'])
  })

  test('say nothing of what they only used again, and no word of the caller’s', async () => {
    const wire = new LocalWire()
    const routes = table({ affinity: ['session', 'deployment'] }, { news: wire.join() })
    for (let n = 0; n < 3; n++) await ask(routes, { sessionId: 'secret-session', keyHash: 'secret-key' })
    expect(wire.told).toHaveLength(2)
    expect(JSON.stringify(wire.told)).not.toMatch(/secret|word/)
  })

  test('do not trip over news they cannot read', async () => {
    const wire = new LocalWire()
    const routes = table({ affinity: ['session', 'prompt-cache'] }, { news: wire.join() })
    const told = wire.join()
    for (const key of ['', 'session:', 'prompt-cache:%', 'other:x', `session:${'x'.repeat(1_000)}`])
      for (const value of [null, {}, { deployment: 3 }, { deployment: 'none' }])
        told.publish({ topic: 'affinity', key, value, ttlMs: 1_000 })
    await ask(routes, { sessionId: 's', messages: turns(long) })
    expect(asked()).toEqual(['a'])
  })
})
