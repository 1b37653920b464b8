import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../testing/candidates.ts'
import { type AdaptiveWeight, adaptiveWeights } from './adaptive-weights.ts'
import { boundedFactors } from './bounded-factors.ts'
import { chanceOfBest } from './chance-of-best.ts'
import type { Rollback } from './rollback.ts'
import { ADAPTIVE_DEFAULTS, type AdaptiveSettings } from './settings.ts'
import type { DeploymentStats, OutcomeSlot } from './stats.ts'

const NOW = 1_000_000_000_000
const SLOT_MS = 10_000

function slot(over: Partial<OutcomeSlot>): OutcomeSlot {
  return { at: NOW, attempts: 0, failures: 0, scores: 0, scoreSum: 0, ...over }
}

function stats(
  id: string,
  over: Partial<OutcomeSlot> = {},
  more: Partial<DeploymentStats> = {},
): DeploymentStats {
  return { id, weight: 1, slots: [slot(over)], price: undefined, ...more }
}

function factors(all: readonly DeploymentStats[], settings: Partial<AdaptiveSettings> = {}) {
  const found = adaptiveWeights(all, { ...ADAPTIVE_DEFAULTS, ...settings }, new Map(), NOW)
  return Object.fromEntries(found.map(({ id, factor }) => [id, Math.round(factor * 1_000) / 1_000]))
}

/** The shares that the factors lead to. */
function sharesOf(all: readonly DeploymentStats[], found: readonly AdaptiveWeight[]): number[] {
  const weights = all.map(({ weight }, index) => weight * (found[index] as AdaptiveWeight).factor)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map(weight => weight / sum)
}

describe('factors', () => {
  test('are 1 while nothing is known, and for a deployment alone', () => {
    expect(factors([stats('a'), stats('b'), stats('c')])).toEqual({ a: 1, b: 1, c: 1 })
    expect(factors([stats('a', { scores: 90, scoreSum: 3 })])).toEqual({ a: 1 })
  })

  test('of three scores hardly move, of a hundred they do', () => {
    const few = factors([stats('a', { scores: 3, scoreSum: 3 }), stats('b')])
    expect(few.a).toBeGreaterThan(1)
    expect(few.a).toBeLessThan(1.25)
    const many = factors([
      stats('a', { scores: 100, scoreSum: 90 }),
      stats('b', { scores: 100, scoreSum: 60 }),
    ])
    expect(many).toEqual({ a: 1.8, b: 0.2 })
  })

  test('follow failures where nobody gives scores', () => {
    const found = factors([
      stats('a', { attempts: 500, failures: 5 }),
      stats('b', { attempts: 500, failures: 150 }),
    ])
    expect(found).toEqual({ a: 1.8, b: 0.2 })
  })

  test('follow the price as far as it counts; an unknown price is the dearest', () => {
    const priced = (price: number | undefined, id: string) => stats(id, {}, { price })
    const all = [priced(2e-6, 'dear'), priced(1e-6, 'cheap'), priced(undefined, 'unknown')]
    expect(factors(all)).toEqual({ dear: 1, cheap: 1, unknown: 1 })
    const found = factors(all, { costWeight: 0.5 })
    expect(found.cheap).toBeGreaterThan(2)
    expect(found.dear).toBe(found.unknown)
  })

  test('never give a small canary more than the bound, nor the main one nothing', () => {
    const canary = stats('canary', { scores: 500, scoreSum: 500 }, { weight: 1 })
    const main = stats('main', { scores: 500, scoreSum: 100 }, { weight: 99 })
    const found = adaptiveWeights([canary, main], ADAPTIVE_DEFAULTS, new Map(), NOW)
    const [share] = sharesOf([canary, main], found) as [number, number]
    expect(share).toBeCloseTo(0.05, 3)
  })

  test('leave out what is taken out', () => {
    const out = stats('out', { scores: 500, scoreSum: 500 }, { weight: 0 })
    expect(factors([out, stats('a'), stats('b')])).toEqual({ out: 1, a: 1, b: 1 })
  })

  test('whatever the facts, shares stay within the bounds and exploration is kept', () => {
    const random = seededRandom(5)
    for (let turn = 0; turn < 300; turn++) {
      const all = Array.from({ length: 2 + Math.floor(random() * 6) }, (_, index) => {
        const attempts = Math.floor(random() * 300)
        const scores = Math.floor(random() * 100)
        return stats(
          `d${index}`,
          { attempts, failures: Math.floor(random() * attempts), scores, scoreSum: random() * scores },
          { weight: 1 + Math.floor(random() * 50), price: random() < 0.3 ? undefined : random() },
        )
      })
      const settings = { ...ADAPTIVE_DEFAULTS, costWeight: random() < 0.5 ? 0 : random() }
      const found = adaptiveWeights(all, settings, new Map(), NOW)
      const sum = all.reduce((total, { weight }) => total + weight, 0)
      const shares = sharesOf(all, found)
      all.forEach(({ weight }, index) => {
        const before = weight / sum
        const share = shares[index] as number
        const floor = Math.min(settings.exploration / all.length, before)
        expect(share).toBeGreaterThan(Math.max(floor, before * 0.2) - 1e-6)
        expect(share).toBeLessThan(before * 5 + 1e-6)
      })
    }
  })
})

describe('the chance to be the best', () => {
  test('is even for equals, sums to one, and grows with the distance', () => {
    const at = (mean: number, deviation = 0.1) => ({ mean, variance: deviation ** 2 })
    for (const chance of chanceOfBest([at(0.5), at(0.5), at(0.5)])) expect(chance).toBeCloseTo(1 / 3, 6)
    // The difference of two normals: 0.1 apart with a deviation of 0.1 √2 is Φ(0.7071).
    expect(chanceOfBest([at(0.6), at(0.5)])[0]).toBeCloseTo(0.7602, 3)
    const many = chanceOfBest(Array.from({ length: 1_000 }, (_, index) => at(index / 1_000, 0.003)))
    expect(many.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 6)
  })
})

describe('bounded factors', () => {
  test('share out what the bounds leave, in proportion', () => {
    const room = (worth: number) => ({ share: 0.25, worth, least: 0.2, most: 2 })
    const found = boundedFactors([room(0), room(1), room(1), room(9)])
    expect(found[0]).toBeCloseTo(0.2, 6)
    expect(found[1]).toBeCloseTo(0.9, 6)
    expect(found[3]).toBeCloseTo(2, 6)
  })
})

/** Calls drawn by weight, with scores and failures by chance; factors found anew after each slot. */
class Simulation {
  readonly slots: Record<string, OutcomeSlot[]> = { good: [], other: [] }
  readonly score: Record<string, number> = { good: 0.9, other: 0.6 }
  readonly failing: Record<string, number> = { good: 0.01, other: 0.01 }
  readonly rollbacks = new Map<string, Rollback>()
  found: AdaptiveWeight[] = []
  now = NOW
  private readonly random = seededRandom(11)
  private readonly settings: AdaptiveSettings

  constructor(settings: Partial<AdaptiveSettings> = {}) {
    this.settings = { ...ADAPTIVE_DEFAULTS, ...settings }
  }

  get share(): number {
    const [good = 1, other = 1] = this.found.map(({ factor }) => factor)
    return good / (good + other)
  }

  /** That many calls in one slot; gives how many went to the better one. */
  step(calls: number): number {
    const counts = { good: slot({ at: this.now }), other: slot({ at: this.now }) } as Record<
      string,
      { -readonly [Key in keyof OutcomeSlot]: OutcomeSlot[Key] }
    >
    let toGood = 0
    for (let call = 0; call < calls; call++) {
      const id = this.random() < this.share ? 'good' : 'other'
      if (id === 'good') toGood++
      const slotOf = counts[id] as (typeof counts)[string]
      slotOf.attempts++
      if (this.random() < (this.failing[id] as number)) slotOf.failures++
      slotOf.scores++
      if (this.random() < (this.score[id] as number)) slotOf.scoreSum++
    }
    for (const id of ['good', 'other']) {
      const kept = (this.slots[id] ?? []).filter(({ at }) => at > this.now - this.settings.windowMs)
      this.slots[id] = [counts[id] as OutcomeSlot, ...kept]
    }
    this.now += SLOT_MS
    const all = ['good', 'other'].map(id => ({
      ...{ id, weight: 1, price: undefined },
      slots: this.slots[id] ?? [],
    }))
    this.found = adaptiveWeights(all, this.settings, this.rollbacks, this.now)
    for (const { id, rollback } of this.found) if (rollback) this.rollbacks.set(id, rollback)
    return toGood
  }
}

describe('two deployments, one better by its scores', () => {
  test('the better one gets what the bounds allow, the other its exploration', () => {
    const simulation = new Simulation()
    for (let step = 0; step < 40; step++) simulation.step(20)
    expect(simulation.share).toBeCloseTo(0.9, 2)
    let toOther = 0
    for (let step = 0; step < 100; step++) toOther += 50 - simulation.step(50)
    // 5 % at least for exploration, 10 % by the lower bound: four standard deviations of 5,000 draws.
    expect(Math.abs(toOther / 5_000 - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 5_000))
    const wide = new Simulation({ bounds: [0.01, 50] })
    for (let step = 0; step < 140; step++) wide.step(20)
    expect(1 - wide.share).toBeCloseTo(0.05, 2)
  })

  test('is rolled back within sixty calls when it degrades, held, and comes back by exploration', () => {
    const simulation = new Simulation()
    for (let step = 0; step < 60; step++) simulation.step(20)
    expect(simulation.rollbacks.size).toBe(0)
    simulation.score['good'] = 0.2
    let calls = 0
    while (!simulation.rollbacks.has('good') && calls < 200) {
      simulation.step(20)
      calls += 20
    }
    expect(calls).toBeLessThanOrEqual(60)
    expect(simulation.share).toBeCloseTo(0.1, 1)
    expect(simulation.rollbacks.get('good')?.reason).toMatch(
      /its latest scores are 0\.\d\d on average, 0\.\d\d before/,
    )
    simulation.score['good'] = 0.95
    const until = simulation.rollbacks.get('good')?.until ?? 0
    while (simulation.now < until) {
      simulation.step(20)
      if (simulation.now < until) expect(simulation.share).toBeLessThan(0.2)
    }
    for (let step = 0; step < 400; step++) simulation.step(20)
    expect(simulation.share).toBeGreaterThan(0.8)
  })

  test('failures roll it back too, and steady ones never do', () => {
    const simulation = new Simulation()
    simulation.failing['other'] = 0.3
    for (let step = 0; step < 400; step++) simulation.step(20)
    expect(simulation.rollbacks.size).toBe(0)
    simulation.failing['good'] = 0.7
    for (let step = 0; step < 4; step++) simulation.step(20)
    expect(simulation.rollbacks.get('good')?.reason).toMatch(
      /\d\d % of its latest attempts failed, 1 % before/,
    )
  })
})
