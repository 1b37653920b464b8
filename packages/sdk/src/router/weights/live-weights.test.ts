import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import { Pools } from '../pools.ts'
import { type StrategyName, strategies } from '../strategies/registry.ts'
import { candidatesOf, contextAt, idOf, seededRandom } from '../testing/candidates.ts'
import { undrained } from './undrained.ts'
import { reportWeights } from './weight-report.ts'

const NOW = 1_000_000_000_000

function liveCandidates(...overs: readonly Partial<Deployment>[]) {
  const candidates = candidatesOf(...overs)
  const board = (candidates[0] as Candidate).load.weight.board
  return { candidates, board }
}

function strategyOf(name: StrategyName) {
  return strategies[name]({}, { random: seededRandom(7), tokenPrice: () => undefined })
}

/** How often each is drawn. */
function tally(candidates: readonly Candidate[], times: number, strategy = strategyOf('simple-shuffle')) {
  const counts = new Map<string, number>()
  for (let turn = 0; turn < times; turn++) {
    const id = idOf(strategy.pick(candidates, contextAt(NOW)))
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** Pearson's statistic of draws against the weights they should follow. */
function chiSquare(counts: ReadonlyMap<string, number>, weights: Readonly<Record<string, number>>): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0)
  return Object.entries(weights).reduce((statistic, [id, weight]) => {
    const expected = (total * weight) / sum
    return statistic + ((counts.get(id) ?? 0) - expected) ** 2 / expected
  }, 0)
}

/** Of three classes: exceeded by chance once in a thousand. */
const CRITICAL_2 = 13.82

describe('weights of a shuffle', () => {
  test('draws follow the weights within chance, and the new ones from the moment they are set', () => {
    const { candidates, board } = liveCandidates({ weight: 1 }, { weight: 2 }, { weight: 7 })
    const strategy = strategyOf('simple-shuffle')
    expect(chiSquare(tally(candidates, 30_000, strategy), { a: 1, b: 2, c: 7 })).toBeLessThan(CRITICAL_2)
    board.change({ a: 5, c: 1 })
    expect(chiSquare(tally(candidates, 30_000, strategy), { a: 5, b: 2, c: 1 })).toBeLessThan(CRITICAL_2)
    board.replaceFactors(new Map([['b', 4]]))
    expect(chiSquare(tally(candidates, 30_000, strategy), { a: 5, b: 8, c: 1 })).toBeLessThan(CRITICAL_2)
    board.change({ a: null, c: null })
    board.replaceFactors(new Map())
    expect(chiSquare(tally(candidates, 30_000, strategy), { a: 1, b: 2, c: 7 })).toBeLessThan(CRITICAL_2)
  })

  test('whatever weights are set, draws follow them', () => {
    const random = seededRandom(23)
    const { candidates, board } = liveCandidates({}, {}, {})
    const strategy = strategyOf('simple-shuffle')
    for (let turn = 0; turn < 40; turn++) {
      const weights = {
        a: 1 + Math.floor(random() * 9),
        b: 1 + Math.floor(random() * 9),
        c: 1 + Math.floor(random() * 9),
      }
      board.change(weights)
      // Once in a million by chance.
      expect(chiSquare(tally(candidates, 5_000, strategy), weights)).toBeLessThan(27.6)
    }
  })

  test('what is set stands on the scale of what the configuration states: nothing, weight, rpm', () => {
    const none = liveCandidates({}, {}, {})
    none.board.change({ a: 8 })
    expect(chiSquare(tally(none.candidates, 20_000), { a: 8, b: 1, c: 1 })).toBeLessThan(CRITICAL_2)
    const rpm = liveCandidates({ rpm: 100 }, { rpm: 200 }, { rpm: 300 })
    rpm.board.change({ a: 500 })
    expect(chiSquare(tally(rpm.candidates, 20_000), { a: 500, b: 200, c: 300 })).toBeLessThan(CRITICAL_2)
  })

  test('a weight of 0 is never drawn while another is left, and evenly when none is', () => {
    const { candidates, board } = liveCandidates({}, {})
    board.change({ a: 0 })
    expect(tally(candidates, 500)).toEqual(new Map([['b', 500]]))
    board.change({ b: 0 })
    expect(tally(candidates, 500).size).toBe(2)
  })
})

describe('weights of p2c', () => {
  test('a deployment that costs the same as the others is asked by its weight', () => {
    const { candidates, board } = liveCandidates({}, {})
    board.change({ a: 99, b: 1 })
    const strategy = strategyOf('p2c')
    for (const { state } of candidates) state.whole.observe({ now: NOW, durationMs: 100 })
    const share = (tally(candidates, 40_000, strategy).get('b') ?? 0) / 40_000
    expect(share).toBeLessThan(0.02)
    board.change({ b: 0 })
    expect(tally(candidates, 2_000, strategy)).toEqual(new Map([['a', 2_000]]))
  })
})

describe('taking a deployment out', () => {
  test('0 leaves it out under every strategy, unless nobody else is left', () => {
    const { candidates, board } = liveCandidates({}, {}, {})
    expect(undrained(candidates)).toBe(candidates)
    board.change({ a: 0 })
    expect(undrained(candidates).map(idOf)).toEqual(['b', 'c'])
    expect(undrained(candidates)).toBe(undrained(candidates))
    const alone = candidates.slice(0, 1)
    expect(undrained(alone)).toBe(alone)
    board.change({ b: 0, c: 0 })
    expect(undrained(candidates)).toBe(candidates)
    board.change({ a: null, b: null, c: null })
    expect(undrained(candidates)).toBe(candidates)
    expect(undrained([])).toEqual([])
  })
})

describe('setting weights', () => {
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001])(
    'refuses %d by name and changes nothing',
    weight => {
      const { board } = liveCandidates({}, {})
      board.change({ a: 2 })
      expect(() => board.change({ a: 3, b: weight })).toThrow('weights.b: must be a number')
      expect([...board.all()]).toEqual([['a', 2]])
    },
  )

  test('what is set and what was found survive a change of settings; other deployments are forgotten', () => {
    const before = new Pools({ retryBudget: 0.1 }, undefined)
    const deployment = { id: 'a', group: 'g', provider: 'p', model: 'm' }
    const old = before.candidate(deployment)
    before.weights.change({ a: 3, later: 5 })
    before.weights.replaceFactors(new Map([['a', 2]]))
    const after = new Pools({ retryBudget: 0.1 }, before)
    after.weights.keep(new Set(['a', 'new']))
    expect(after.candidate({ ...deployment, weight: 9 }).load.weight).toBe(old.load.weight)
    expect(after.candidate(deployment).load.weight).toMatchObject({ set: 3, factor: 2 })
    expect(after.candidate({ ...deployment, id: 'later' }).load.weight.set).toBe(5)
  })
})

describe('the report', () => {
  const shuffle = strategyOf('simple-shuffle')
  const sharesOf = (candidates: readonly Candidate[], strategy = shuffle) =>
    reportWeights(candidates, strategy).map(({ share }) => share)

  test('says what is configured, set and found, and the share that follows', () => {
    const { candidates, board } = liveCandidates({ weight: 1 }, { weight: 1 })
    board.change({ b: 2 })
    board.replaceFactors(new Map([['a', 3]]))
    expect(reportWeights(candidates, shuffle)).toMatchObject([
      { deploymentId: 'a', weighedBy: 'weight', configured: 1, set: undefined, factor: 3, share: 0.6 },
      { deploymentId: 'b', configured: 1, set: 2, factor: 1, share: 0.4 },
    ])
  })

  test('gives no share where it is not drawn by weight, and none to a higher order', () => {
    const { candidates, board } = liveCandidates({}, {}, { order: 2 })
    expect(sharesOf(candidates)).toEqual([0.5, 0.5, 0])
    board.change({ a: 0, b: 0 })
    expect(sharesOf(candidates)).toEqual([0, 0, 1])
    expect(sharesOf(candidates, strategyOf('least-busy'))).toEqual([undefined, undefined, undefined])
  })
})
