import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRecord } from '../../callbacks/records.ts'
import { deploymentAt, SECRET, testHost } from '../../testing/ask.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { RoutingSettings } from '../settings.ts'
import { candidatesOf, emptyVisit, idOf } from '../testing/candidates.ts'
import { checkOf } from './check-of.ts'
import type { Finding } from './finding.ts'
import { HealthBook } from './health-book.ts'
import { leaveOutIll } from './leave-out-ill.ts'

const host = testHost()
const ill = (at: number, status = 401): Finding => ({
  at,
  durationMs: 5,
  error: { name: 'AuthenticationError', status, message: 'no' },
})
const well = (at: number): Finding => ({ at, durationMs: 5 })
const ids = (candidates: ReturnType<typeof candidatesOf>) => candidates.map(idOf).join('')

describe('the choice', () => {
  const staleMs = 1_000

  test('leaves out whose last check failed, with its reason; the same array when nobody is ill', () => {
    const candidates = candidatesOf({}, {}, {})
    const visit = emptyVisit()
    expect(leaveOutIll(candidates, { staleMs }, 0, visit)).toBe(candidates)
    candidates[1]?.state.health.note(ill(0))
    expect(ids(leaveOutIll(candidates, { staleMs }, 900, visit))).toBe('ac')
    expect(visit.ruledOut).toEqual([
      { deploymentId: 'b', by: 'health', reason: 'its health check failed 1 s ago with AuthenticationError' },
    ])
    candidates[1]?.state.health.note(well(950))
    expect(ids(leaveOutIll(candidates, { staleMs }, 960, visit))).toBe('abc')
  })

  test('asks them all the same when all failed, and says nothing of it', () => {
    const candidates = candidatesOf({}, {})
    for (const { state } of candidates) state.health.note(ill(0))
    const visit = emptyVisit()
    expect(leaveOutIll(candidates, { staleMs }, 10, visit)).toBe(candidates)
    expect(visit.ruledOutCount).toBe(0)
  })

  test('ignores what is stale, what is older than what is known, and groups that are not steered', () => {
    const candidates = candidatesOf({}, {})
    const health = candidates[0]?.state.health
    health?.note(ill(100))
    const left = (now: number, groups?: ReadonlySet<string>) =>
      ids(leaveOutIll(candidates, { staleMs, groups }, now, emptyVisit()))
    expect(left(1_105)).toBe('b')
    expect(left(1_106)).toBe('ab')
    expect(left(200, new Set(['other']))).toBe('ab')
    expect(health?.note(well(50))).toBe(false)
    expect(left(200)).toBe('b')
  })

  test.each([429, 408])(
    'a transient %i says nothing where it is to be ignored: what was known stays',
    status => {
      const [candidate] = candidatesOf({})
      const health = candidate?.state.health
      health?.note(ill(0, status), true)
      expect(health?.illness(1, staleMs)).toBeUndefined()
      expect(health?.last?.error?.status).toBe(status)
      health?.note(ill(2, 401), true)
      health?.note(ill(3, status), true)
      expect(health?.illness(4, staleMs)?.at).toBe(2)
      health?.note(ill(5, status))
      expect(health?.illness(6, staleMs)?.at).toBe(5)
    },
  )
})

const check = (over: Partial<Deployment>) =>
  checkOf(deploymentAt('http://x/v1', { model: 'gpt-4o', ...over }), host)
const info = (modelInfo: JsonObject, over: Partial<Deployment> = {}) => check({ modelInfo, ...over })

describe('what is asked', () => {
  test.each<[string, EndpointName, object]>([
    ['chat', 'chat', { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 }],
    ['completion', 'text_completion', { prompt: 'Hello', max_tokens: 5 }],
    ['embedding', 'embedding', { input: ['Hello'] }],
    ['rerank', 'rerank', { query: 'Hello', documents: ['Hello', 'Goodbye'] }],
    ['moderation', 'moderation', { input: 'Hello' }],
    ['audio_speech', 'speech', { input: 'Hello', voice: 'alloy' }],
    ['image_generation', 'image_generation', { prompt: 'A red square' }],
  ])('a model of mode %s is asked by its endpoint %s', (mode, endpoint, request) => {
    expect(info({ mode })).toMatchObject({
      endpoint,
      request: { ...request, model: 'gpt-4o' },
      timeoutMs: 60_000,
    })
  })

  test('a transcriber hears a recording it can read', () => {
    const found = info({ mode: 'audio_transcription' })
    const { file } = ('request' in found ? found.request : {}) as { file: { bytes: Buffer } }
    expect(file.bytes.subarray(0, 12).toString('latin1')).toMatch(/^RIFF....WAVE$/s)
  })

  test('the catalogue knows the mode where the deployment states none; a dear answer must be asked for', () => {
    expect(check({ model: 'text-embedding-3-small' })).toMatchObject({ endpoint: 'embedding' })
    expect(check({ model: 'gpt-image-1' })).toEqual({ unchecked: expect.stringContaining('is dear') })
    expect(check({ provider: 'voyage', model: 'nobody-knows' })).toMatchObject({ endpoint: 'embedding' })
  })

  test.each(['video_generation', 'realtime', 'batch', 'constructor'])('there is no check for %s', mode => {
    expect(info({ mode })).toEqual({ unchecked: `there is no check for mode ${mode}` })
  })

  test('limits are the deployment’s own; a model that reasons gets room to think', () => {
    const limit = (modelInfo: JsonObject, over: Partial<Deployment> = {}) => {
      const found = info(modelInfo, over)
      return 'request' in found ? (found.request as JsonObject).max_tokens : found
    }
    const split = { health_check_max_tokens_reasoning: 100, health_check_max_tokens_non_reasoning: 2 }
    expect(limit({ ...split, health_check_max_tokens: 7 })).toBe(7)
    expect([limit(split), limit(split, { model: 'gpt-5' })]).toEqual([2, 100])
    expect([limit({}), limit({}, { model: 'gpt-5' })]).toEqual([5, 64])
    expect(info({ health_check_timeout: 0.5 })).toMatchObject({ timeoutMs: 500 })
    expect(info({ mode: 'audio_speech', health_check_voice: 'nova' })).toMatchObject({
      request: { voice: 'nova' },
    })
  })

  test('a wildcard needs a model to ask; its key goes to its own provider', () => {
    const any = { model: '*' }
    expect(info({}, any)).toEqual({ unchecked: expect.stringContaining('health_check_model') })
    expect(info({ health_check_model: 'openai/gpt-4o-mini' }, any)).toMatchObject({
      deployment: { provider: 'openai', model: 'gpt-4o-mini', apiKey: SECRET },
    })
    expect(info({ health_check_model: 'anthropic/claude' }, any)).toMatchObject({
      deployment: { provider: 'openai', model: 'anthropic/claude' },
    })
    expect(info({ health_check_model: 'anthropic/claude' }, { provider: '*', model: '*' })).toMatchObject({
      deployment: { provider: 'anthropic', model: 'claude' },
    })
  })

  test('a blocked deployment is left alone', () => {
    expect(info({ blocked: true })).toEqual({ unchecked: expect.stringContaining('blocked') })
  })
})

describe('a check', () => {
  let upstream: Upstream
  beforeAll(async () => {
    upstream = await startUpstream()
  })
  afterEach(() => upstream.reset())
  afterAll(async () => {
    await host.transport.close()
    await upstream.close()
  })

  const SETTINGS = {
    ...{ retries: 2, timeoutMs: 5_000, allowedFails: 0, cooldownMs: 1_000, disableCooldowns: false },
    groupAliases: new Map(),
    fallbacks: new Map(),
  } as unknown as RoutingSettings

  function book(settings: Partial<RoutingSettings> = {}) {
    const [candidate] = candidatesOf({ ...deploymentAt(`${upstream.url}/v1`), model: 'gpt-4o' })
    if (!candidate) throw new Error('no candidate')
    const record = openRecord({ id: 'r', endpoint: 'chat', format: 'f', startedAt: 0, requestedModel: 'g' })
    const health = new HealthBook({ ...SETTINGS, ...settings }, host, () => candidate)
    return { candidate, record, run: () => health.check(candidate.deployment, () => record), health }
  }

  test('asks once, past retries and traffic counts, and writes down what it used', async () => {
    const { candidate, record, run } = book()
    const finding = await run()
    expect(finding).toEqual({ at: expect.any(Number), durationMs: expect.any(Number) })
    expect(candidate.state.health.last).toBe(finding)
    expect(record).toMatchObject({
      status: 'success',
      attempts: [{ meter: { usage: { prompt_tokens: 1 } } }],
    })
    expect(upstream.requests).toHaveLength(1)
    expect(candidate.load.usage.requests(Date.now())).toBe(0)
  })

  test('a failure marks health and opens no circuit', async () => {
    upstream.script({ failure: 'unauthorized' })
    const { candidate, record, run } = book()
    expect(await run()).toMatchObject({ error: { name: 'AuthenticationError', status: 401 } })
    expect(record).toMatchObject({ status: 'failure', attempts: [{ status: 401 }] })
    expect([candidate.state.circuit.isClosed, candidate.credential.circuit.isClosed]).toEqual([true, true])
    expect(upstream.requests).toHaveLength(1)
  })

  test('an answer closes a circuit that waits for one, and leaves one alone that still rests', async () => {
    const { candidate, run } = book({ cooldownMs: 60_000 })
    const { circuit } = candidate.state
    const now = Date.now()
    circuit.open(60_000, 'RateLimitError', now, now)
    await run()
    expect(circuit.isClosed).toBe(false)
    circuit.open(1, 'RateLimitError', now - 100, now - 100)
    await run()
    expect(circuit.isClosed).toBe(false)
    const waiting = book()
    waiting.candidate.state.circuit.open(1, 'RateLimitError', now - 100, now - 100)
    await waiting.run()
    expect(waiting.candidate.state.circuit.isClosed).toBe(true)
  })

  test('failures count as failures of calls where an allowed_fails_policy rules, and keep nobody out alone', async () => {
    upstream.script({ failure: 'unauthorized', times: 2 })
    const policy = {
      healthRouting: { staleMs: 60_000 },
      allowedFailsPolicy: new Map([['AuthenticationError', 1]] as const),
    }
    const { candidate, run } = book(policy)
    await run()
    expect(candidate.state.circuit.isClosed).toBe(true)
    await run()
    expect(candidate.state.circuit.isClosed).toBe(false)
  })
})
