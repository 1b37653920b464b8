import { describe, expect, test } from 'vitest'
import { candidatesOf, contextAt, idOf } from '../testing/candidates.ts'
import { GuardedStrategy, type StrategyFault } from './guarded-strategy.ts'
import type { RoutingStrategy } from './strategy.ts'

const NOW = 1_000_000_000_000
const candidates = candidatesOf({}, {}, {})

function guarded(own: Omit<RoutingStrategy, 'name'>) {
  let now = NOW
  const faults: StrategyFault[] = []
  const last: RoutingStrategy = { name: 'last', pick: all => all.at(-1) as never }
  const strategy = new GuardedStrategy({ name: 'own', ...own }, last, {
    now: () => now,
    tell: fault => faults.push(fault),
  })
  const pick = () => idOf(strategy.pick(candidates, contextAt(now)))
  return { strategy, faults, pick, later: (ms: number) => (now += ms) }
}

test('a good choice stands', () => {
  const { pick, faults } = guarded({ pick: all => all[1] as never })
  expect(pick()).toBe('b')
  expect(faults).toEqual([])
})

describe('another strategy chooses when it', () => {
  test.each([
    [
      'throws',
      () => {
        throw new TypeError('no')
      },
      'pick threw TypeError: no',
    ],
    [
      'answers with nothing',
      () => undefined,
      'pick answered with undefined, which is none of the candidates',
    ],
    [
      'answers with a stranger',
      () => candidatesOf({})[0],
      'pick answered with another object, which is none of the candidates',
    ],
    ['answers with an id', () => 'a', 'pick answered with "a", which is none of the candidates'],
    [
      'makes the call wait',
      async () => candidates[0],
      'pick answered with a promise (a choice must be made at once), which is none of the candidates',
    ],
  ])('%s', (_, pickOf, message) => {
    const { pick, faults } = guarded({ pick: pickOf as never })
    expect(pick()).toBe('c')
    expect(faults).toEqual([{ strategy: 'own', message, count: 1 }])
  })
})

test('faults are told once per minute, with their count', () => {
  const { pick, faults, later } = guarded({ pick: () => undefined as never })
  for (let call = 0; call < 5; call++) pick()
  later(60_000)
  pick()
  expect(faults.map(({ count }) => count)).toEqual([1, 6])
})

test('a report that it does not take does not fail the call', () => {
  const { strategy, faults } = guarded({
    pick: all => all[0] as never,
    observe() {
      throw new Error('not now')
    },
  })
  strategy.observe?.(candidates[0] as never, { now: NOW, durationMs: 1, stream: false })
  expect(faults[0]?.message).toBe('observe threw Error: not now')
})

test('what it does later and fails at ends no process', async () => {
  const later = async () => {
    await Promise.resolve()
    throw new Error('too late')
  }
  const { strategy, pick, faults, later: pass } = guarded({ pick: later as never, observe: later as never })
  expect(pick()).toBe('c')
  pass(60_000)
  strategy.observe?.(candidates[0] as never, { now: NOW, durationMs: 1, stream: false })
  await new Promise(resolve => setImmediate(resolve))
  expect(faults.map(({ message }) => message)).toEqual([
    'pick answered with a promise (a choice must be made at once), which is none of the candidates',
    'observe threw Error: too late',
  ])
})

test('what it does not want to be told, or state, is not asked of it', () => {
  const { strategy } = guarded({ pick: all => all[0] as never })
  expect(strategy.observe).toBeUndefined()
  expect(strategy).toMatchObject({
    name: 'own',
    enforcesRates: false,
    countsTokens: false,
    comparesAll: false,
  })
})
