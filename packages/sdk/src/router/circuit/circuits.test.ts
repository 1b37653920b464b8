import { describe, expect, test } from 'vitest'
import { createError, type ErrorKind } from '../../errors.ts'
import type { Candidate } from '../candidate.ts'
import { candidatesOf } from '../testing/candidates.ts'
import { type CircuitSettings, Circuits } from './circuits.ts'
import { credentialKey } from './credential-key.ts'

const settings: CircuitSettings = { allowedFails: 2, cooldownMs: 1000, disableCooldowns: false }
const one = (over = {}) => candidatesOf(over)[0] as Candidate

/** A deployment, and what it goes through: `fail` at a time, begun then too unless stated. */
function scene(over: Partial<CircuitSettings> = {}, candidate = one()) {
  const circuits = new Circuits({ ...settings, ...over })
  return {
    candidate,
    circuits,
    restMs: (now: number) =>
      Math.max(candidate.state.circuit.waitMs(now), candidate.credential.circuit.waitMs(now)),
    fail(
      kind: ErrorKind,
      now: number,
      more: { retryAfterMs?: number; startedAt?: number; callersHaste?: boolean } = {},
    ) {
      const error = createError({ kind, message: kind, retryAfterMs: more.retryAfterMs })
      candidate.state.failures.attempted(now)
      circuits.failed(candidate, {
        error,
        startedAt: more.startedAt ?? now,
        now,
        callersHaste: more.callersHaste,
      })
    },
    succeed(now: number) {
      candidate.state.failures.attempted(now)
      circuits.succeeded(candidate, now, now)
    },
  }
}

describe('a circuit opens', () => {
  test.each([
    'rate_limit',
    'not_found',
    'permission',
    'timeout',
    'authentication',
    'insufficient_quota',
  ] as const)('at once after %s, for as long as is set, or as the provider asked', kind => {
    const { fail, restMs } = scene()
    fail(kind, 5)
    expect(restMs(5)).toBe(1000)
    expect(restMs(1005)).toBe(0)
    const asked = scene()
    asked.fail(kind, 5, { retryAfterMs: 9000 })
    expect(asked.restMs(5)).toBe(9000)
  })

  test('after more failures in a minute than are allowed', () => {
    const { fail, restMs } = scene()
    fail('internal', 1)
    fail('connection', 2)
    expect(restMs(3)).toBe(0)
    fail('internal', 70_000)
    fail('internal', 70_001)
    expect(restMs(70_002)).toBe(0)
    fail('internal', 70_002)
    expect(restMs(70_002)).toBe(1000)
  })

  test('not for the few failures of a busy deployment', () => {
    const { fail, succeed, restMs } = scene()
    for (let index = 0; index < 1000; index++) index % 50 === 0 ? fail('internal', index) : succeed(index)
    expect(restMs(1000)).toBe(0)
    const opened: number[] = []
    for (let index = 0; index < 300; index++)
      index % 2 === 0 ? fail('internal', 1000 + index) : opened.push(restMs(1000 + index))
    expect(Math.max(...opened)).toBeGreaterThan(0)
  })

  test('by a policy that names the class, which then counts alone', () => {
    const allowedFailsPolicy = new Map([
      ['RateLimitError', 2],
      ['BadRequestError', 0],
    ] as const)
    const { fail, restMs } = scene({ allowedFailsPolicy })
    fail('rate_limit', 1)
    fail('rate_limit', 2)
    expect(restMs(2)).toBe(0)
    fail('rate_limit', 3)
    expect(restMs(3)).toBe(1000)
    const bad = scene({ allowedFailsPolicy })
    bad.fail('bad_request', 1)
    expect(bad.restMs(1)).toBe(1000)
  })

  test('never for the caller’s mistakes, hang-ups and haste, nor where it is switched off', () => {
    const { fail, restMs } = scene({ allowedFails: 0 })
    for (const kind of ['bad_request', 'aborted', 'context_window', 'content_policy', 'budget'] as const)
      fail(kind, 0)
    fail('timeout', 0, { callersHaste: true })
    expect(restMs(0)).toBe(0)
    const off = scene({ disableCooldowns: true })
    off.fail('rate_limit', 0)
    expect(off.restMs(0)).toBe(0)
    const never = scene({}, one({ cooldownMs: 0 }))
    never.fail('rate_limit', 0)
    expect(never.restMs(0)).toBe(0)
  })

  test('for the deployment’s own time, whatever the provider asks', () => {
    const { fail, restMs } = scene({}, one({ cooldownMs: 50 }))
    fail('rate_limit', 0, { retryAfterMs: 9000 })
    expect(restMs(0)).toBe(50)
  })
})

describe('half open', () => {
  test('one request goes through, and its answer closes the circuit', () => {
    const { candidate, fail, succeed, restMs } = scene()
    const { circuit } = candidate.state
    fail('rate_limit', 0)
    expect(circuit.admits(999)).toBe(false)
    expect([circuit.phase(1000), circuit.admits(1000)]).toEqual(['half-open', true])
    expect([circuit.beginProbe(1000), circuit.beginProbe(1000), circuit.admits(1000)]).toEqual([
      true,
      false,
      false,
    ])
    circuit.endProbe()
    succeed(1000)
    expect([circuit.phase(1001), restMs(1001)]).toEqual(['closed', 0])
  })

  test('a probe that fails opens it for twice as long, up to a minute, whatever the failure', () => {
    const { candidate, fail } = scene()
    const { circuit } = candidate.state
    let now = 0
    const rests: number[] = []
    fail('rate_limit', now)
    for (let probe = 0; probe < 8; probe++) {
      rests.push(circuit.waitMs(now))
      now += circuit.waitMs(now)
      circuit.beginProbe(now)
      fail('internal', now)
      circuit.endProbe()
    }
    expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  test('answers and failures of calls from before it opened change nothing', () => {
    const { circuits, candidate, fail, restMs } = scene()
    fail('rate_limit', 100)
    fail('rate_limit', 500, { startedAt: 50 })
    circuits.succeeded(candidate, 50, 500)
    expect(restMs(600)).toBe(500)
  })
})

describe('the credential', () => {
  const shared = () => candidatesOf({ apiKey: 'k' }, { apiKey: 'k', model: 'other' }, { apiKey: 'l' })
  const error = (kind: ErrorKind) => createError({ kind, message: kind })
  const awake = (candidates: readonly Candidate[]) =>
    candidates.filter(({ state, credential }) => state.circuit.admits(1) && credential.circuit.admits(1))
      .length

  test.each(['authentication', 'insufficient_quota'] as const)(
    '%s rests every deployment that has it',
    kind => {
      const candidates = shared()
      new Circuits(settings).failed(candidates[0] as Candidate, { error: error(kind), startedAt: 0, now: 0 })
      expect(awake(candidates)).toBe(1)
    },
  )

  test('403 rests the deployment; from a second deployment, all that have the credential', () => {
    const candidates = shared()
    const circuits = new Circuits(settings)
    const deny = (index: number) =>
      circuits.failed(candidates[index] as Candidate, { error: error('permission'), startedAt: 0, now: 0 })
    deny(0)
    deny(0)
    expect(awake(candidates)).toBe(2)
    deny(1)
    expect(candidates[1]?.credential.circuit.admits(1)).toBe(false)
  })

  test('is told apart by a hash that holds no secret', () => {
    const base = { id: 'a', group: 'g', provider: 'p', model: 'm', apiKey: 'sk-very-secret' }
    const key = credentialKey(base)
    expect(key).toBe(credentialKey({ ...base, id: 'b', model: 'n', group: 'h' }))
    expect(key).not.toContain('secret')
    const others = [
      { ...base, apiKey: 'sk-other' },
      { ...base, apiBase: 'https://elsewhere.example' },
      { ...base, params: { aws_access_key_id: 'x' } },
    ]
    expect(new Set([key, ...others.map(credentialKey)]).size).toBe(4)
  })
})
