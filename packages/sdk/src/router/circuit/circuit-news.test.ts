import { expect, test } from 'vitest'
import { createError, type ErrorKind } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { Newswire } from '../news/newswire.ts'
import { Pools } from '../pools.ts'
import { LocalWire } from '../testing/local-wire.ts'
import { Circuits } from './circuits.ts'

const COOLDOWN_MS = 1000
const DEPLOYMENT: Deployment = { id: 'a', group: 'g', provider: 'p', model: 'm', apiKey: 'k' }

/** Replicas on one wire and one clock. `random` of 0.5 makes the others wait a fifth longer. */
function scene() {
  const clock = { now: 10_000 }
  const wire = new LocalWire(() => clock.now)
  const circuits = new Circuits({ allowedFails: 0, cooldownMs: COOLDOWN_MS, disableCooldowns: false })
  const join = (own: Newswire = wire.join(), previous?: Pools) => {
    const pools = new Pools({ retryBudget: 0.1 }, previous, {
      news: own,
      now: () => clock.now,
      random: () => 0.5,
    })
    const candidate = (over: Partial<Deployment> = {}) => pools.candidate({ ...DEPLOYMENT, ...over })
    const known = candidate()
    return {
      own,
      pools,
      candidate,
      circuit: known.state.circuit,
      fail: (kind: ErrorKind, of = known, startedAt = clock.now, retryAfterMs?: number) => {
        const error = createError({ kind, message: kind, retryAfterMs })
        circuits.failed(of, { error, startedAt, now: clock.now })
      },
      succeed: (startedAt = clock.now) => circuits.succeeded(known, startedAt, clock.now),
      restMs: (of = known) =>
        Math.max(of.state.circuit.waitMs(clock.now), of.credential.circuit.waitMs(clock.now)),
      phase: () => known.state.circuit.phase(clock.now),
    }
  }
  return { clock, wire, join }
}

test('what opens here rests there, a little longer, for the same reason; what closes here is closed there', () => {
  const { wire, clock, join } = scene()
  const [a, b, c] = [join(), join(), join()]
  a.fail('rate_limit')
  expect([a.restMs(), b.restMs(), c.restMs()]).toEqual([1000, 1200, 1200])
  expect(b.circuit.reason).toBe('RateLimitError')
  clock.now += 1000
  expect([a.phase(), b.phase()]).toEqual(['half-open', 'open'])
  a.succeed()
  expect([a.phase(), b.phase(), c.phase()]).toEqual(['closed', 'closed', 'closed'])
  // Nobody told on what was heard.
  expect(wire.told.map(({ value }) => value)).toEqual([{ reason: 'RateLimitError' }, null])
})

test('a provider that asks for hours is waited for everywhere, and the extra wait stays short', () => {
  const { join } = scene()
  const [a, b] = [join(), join()]
  a.fail('rate_limit', undefined, undefined, 3_600_000)
  expect([a.restMs(), b.restMs()]).toEqual([3_600_000, 3_604_000])
})

test('while one replica tries it out the others wait for what it finds', () => {
  const { clock, join } = scene()
  const [a, b] = [join(), join()]
  a.fail('rate_limit')
  clock.now += 1000
  expect(a.circuit.beginProbe(clock.now)).toBe(true)
  clock.now += 5000
  expect([b.phase(), b.restMs()]).toEqual(['open', 5000])
  a.fail('rate_limit')
  a.circuit.endProbe()
  expect([a.restMs(), b.restMs()]).toEqual([2000, 2400])
  clock.now += 2400
  // A has no calls, so B is next, and goes on where A left off.
  expect(b.circuit.beginProbe(clock.now)).toBe(true)
  b.fail('rate_limit')
  expect([b.restMs(), a.restMs()]).toEqual([4000, 4800])
})

test('a replica that joins late knows what still holds, for as long as it still holds, and nothing else', () => {
  const { clock, join } = scene()
  const a = join()
  const other = a.candidate({ id: 'b', apiKey: 'l' })
  a.fail('rate_limit')
  a.fail('rate_limit', other)
  clock.now += 600
  other.state.circuit.close(clock.now, clock.now)
  const late = join()
  expect(late.restMs()).toBe(480)
  expect(late.restMs(late.candidate({ id: 'b', apiKey: 'l' }))).toBe(0)
  clock.now += 5000
  expect(join().restMs()).toBe(0)
})

test('a bad credential rests everything that signs with it, on every replica, and no secret is told', () => {
  const { wire, join } = scene()
  const [a, b] = [join(), join()]
  a.fail('authentication')
  expect(b.restMs(b.candidate({ id: 'b', model: 'other' }))).toBe(1200)
  expect(b.restMs(b.candidate({ id: 'c', apiKey: 'another' }))).toBe(0)
  expect(wire.told[0]?.key).toMatch(/^credential:[\w-]{43}$/)
})

test('a circuit that is made after it was told of is open; one that nobody has here does no harm', () => {
  const { join } = scene()
  const [a, b] = [join(), join()]
  const wild = { id: 'wild', model: 'gpt-of-tomorrow' }
  for (let index = 0; index < 6000; index++)
    a.fail('rate_limit', a.candidate({ id: `only-here-${index}`, apiKey: `${index}` }))
  a.fail('rate_limit', a.candidate(wild))
  expect(b.restMs(b.candidate(wild))).toBe(1200)
  // Of what is not known here the oldest is forgotten.
  expect(b.restMs(b.candidate({ id: 'only-here-0', apiKey: '0' }))).toBe(0)
})

test('a lost connection elsewhere is not believed where the deployment answered a moment ago', () => {
  const { clock, join } = scene()
  const [a, b, c] = [join(), join(), join()]
  b.succeed()
  clock.now += 1000
  a.fail('timeout')
  expect([a.phase(), b.phase(), c.phase()]).toEqual(['open', 'closed', 'open'])
  a.fail('rate_limit')
  expect(b.phase()).toBe('open')
})

test('an answer to a call from before the news does not close the circuit, a later one does', () => {
  const { clock, join } = scene()
  const [a, b] = [join(), join()]
  const startedAt = clock.now - 100
  a.fail('rate_limit')
  b.succeed(startedAt)
  expect([a.phase(), b.phase()]).toEqual(['open', 'open'])
  clock.now += 1
  b.succeed()
  expect([a.phase(), b.phase()]).toEqual(['closed', 'closed'])
})

test('a deployment that is asked although it rests, and fails, is not told of again and again', () => {
  const { clock, wire, join } = scene()
  const [a] = [join(), join()]
  for (let call = 0; call < 1000; call++) {
    a.fail('rate_limit')
    clock.now += 10
  }
  expect(wire.told.length).toBeLessThan(12)
})

test('a change of settings keeps what is known, and hears each news once', () => {
  const { wire, join } = scene()
  const [a, before] = [join(), join()]
  a.fail('rate_limit')
  const after = join(before.own, before.pools)
  expect(after.restMs()).toBe(1200)
  after.succeed()
  expect(a.phase()).toBe('closed')
  const elsewhere = join(new LocalWire().join(), after.pools)
  a.fail('rate_limit')
  expect(elsewhere.restMs()).toBe(0)
  expect(wire.told).toHaveLength(3)
})
