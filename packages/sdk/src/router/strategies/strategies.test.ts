import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import { type Candidate, trackOf } from '../candidate.ts'
import { candidatesOf, contextAt, idOf, seededRandom } from '../testing/candidates.ts'
import { type StrategyName, strategies } from './registry.ts'
import type { Outcome, StrategyArgs } from './strategy.ts'

const NOW = 1_000_000_000_000
const tokenPrice = ({ modelInfo }: Deployment) => modelInfo?.price as number | undefined

function create(name: StrategyName, args: StrategyArgs = {}, random = seededRandom()) {
  const strategy = strategies[name](args, { random, tokenPrice })
  const pick = (candidates: readonly Candidate[], now = NOW, stream = false) =>
    idOf(strategy.pick(candidates, contextAt(now, { stream })))
  const observe = (candidate: Candidate | undefined, durationMs: number, over: Partial<Outcome> = {}) => {
    const outcome = { now: NOW, durationMs, stream: false, ...over }
    trackOf(candidate as Candidate, outcome.stream).observe(outcome)
    strategy.observe?.(candidate as Candidate, outcome)
  }
  return { pick, observe }
}

/** How often each is picked in `times` picks. */
function tally(times: number, pick: () => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < times; index++) {
    const id = pick()
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

test.each(Object.keys(strategies) as StrategyName[])(
  '%s is called so, and picks one of those it is given',
  name => {
    const strategy = strategies[name]({}, { random: seededRandom(), tokenPrice })
    expect(strategy.name).toBe(name)
    for (const random of [0, 0.5, 0.999999]) {
      const { pick } = create(name, {}, () => random)
      expect(['a', 'b', 'c']).toContain(pick(candidatesOf({}, {}, {})))
      expect(pick(candidatesOf({ weight: 0 }))).toBe('a')
    }
  },
)

describe('simple-shuffle', () => {
  const share = (...overs: Partial<Deployment>[]) => {
    const candidates = candidatesOf(...overs)
    const { pick } = create('simple-shuffle')
    return tally(20_000, () => pick(candidates))
  }

  test('draws evenly, or by weight, rpm or tpm where any candidate states it, within chance', () => {
    // Four standard deviations of a binomial share of 20,000 draws.
    const near = (count: number | undefined, share: number) =>
      expect(Math.abs((count ?? 0) - 20_000 * share)).toBeLessThan(
        4 * Math.sqrt(20_000 * share * (1 - share)) + 1,
      )
    const even = share({}, {}, {})
    for (const id of ['a', 'b', 'c']) near(even[id], 1 / 3)
    for (const key of ['weight', 'rpm', 'tpm'] as const) {
      const counts = share({ [key]: 1 }, { [key]: 2 }, { [key]: 7 })
      near(counts.a, 0.1)
      near(counts.b, 0.2)
      near(counts.c, 0.7)
    }
  })

  test('weighs all candidates, not by what the first one states', () => {
    expect(share({}, { weight: 1 }, { rpm: 500 })).toEqual({ b: 20_000 })
    expect(share({ weight: 0 }, { weight: 3 })).toEqual({ b: 20_000 })
    expect(Object.keys(share({ weight: 0 }, { weight: 0 }))).toHaveLength(2)
  })
})

describe('least-busy', () => {
  test('the fewest calls under way; chance among equals', () => {
    const candidates = candidatesOf({}, {}, {})
    const { pick } = create('least-busy')
    if (candidates[0]) candidates[0].load.inFlight = 5
    const counts = tally(3000, () => pick(candidates))
    expect(counts.a).toBeUndefined()
    expect(counts.b).toBeGreaterThan(1300)
    expect(counts.c).toBeGreaterThan(1300)
  })
})

describe.each(['usage-based-routing', 'usage-based-routing-v2'] as const)('%s', name => {
  test('the fewest tokens of this minute, then the fewest requests; a new minute begins anew', () => {
    const [a, b] = candidatesOf({}, {}) as readonly [Candidate, Candidate]
    const { pick } = create(name)
    a.load.usage.addTokens(100, NOW)
    expect(pick([a, b])).toBe('b')
    b.load.usage.addTokens(100, NOW)
    b.load.usage.addRequest(NOW)
    expect(pick([a, b])).toBe('a')
    expect(Object.keys(tally(200, () => pick([a, b], NOW + 60_000)))).toHaveLength(2)
  })
})

describe('latency-based-routing', () => {
  test('those not tried first, then the fastest, streams and whole answers apart', () => {
    const candidates = candidatesOf({}, {}, {})
    const { pick, observe } = create('latency-based-routing')
    observe(candidates[0], 500)
    observe(candidates[1], 100)
    expect(pick(candidates)).toBe('c')
    observe(candidates[2], 900)
    expect(tally(50, () => pick(candidates))).toEqual({ b: 50 })
    expect(Object.keys(tally(200, () => pick(candidates, NOW, true)))).toHaveLength(3)
    for (const [index, ms] of [100, 300, 200].entries()) observe(candidates[index], ms, { stream: true })
    expect(pick(candidates, NOW, true)).toBe('a')
  })

  test('whole answers by the time per token', () => {
    const candidates = candidatesOf({}, {})
    const { pick, observe } = create('latency-based-routing')
    observe(candidates[0], 1000, { completionTokens: 100 })
    observe(candidates[1], 200, { completionTokens: 2 })
    expect(pick(candidates)).toBe('a')
  })

  test('a timeout counts as a thousand seconds; the list is as long as told and its samples grow old', () => {
    const candidates = candidatesOf({}, {})
    const { pick, observe } = create('latency-based-routing', { maxLatencyListSize: 2, ttlMs: 5000 })
    observe(candidates[0], 10, { failure: 'timeout' })
    observe(candidates[1], 800)
    expect(pick(candidates)).toBe('b')
    observe(candidates[0], 10)
    observe(candidates[0], 10)
    expect(pick(candidates)).toBe('a')
    observe(candidates[0], 5, { failure: 'other' })
    expect(pick(candidates)).toBe('a')
    expect(Object.keys(tally(200, () => pick(candidates, NOW + 5001)))).toHaveLength(2)
  })

  test('within the buffer above the fastest, chance decides', () => {
    const candidates = candidatesOf({}, {}, {})
    const { pick, observe } = create('latency-based-routing', { lowestLatencyBuffer: 0.5 })
    for (const [index, ms] of [100, 140, 160].entries()) observe(candidates[index], ms)
    const counts = tally(2000, () => pick(candidates))
    expect(counts.c).toBeUndefined()
    expect(Math.min(counts.a ?? 0, counts.b ?? 0)).toBeGreaterThan(850)
  })
})

describe('cost-based-routing', () => {
  test('the cheapest; an unknown price comes last; a new price is heard of within a minute', () => {
    const info: { price: number } = { price: 3 }
    const candidates = candidatesOf({ modelInfo: info }, { modelInfo: { price: 2 } }, {})
    const { pick } = create('cost-based-routing')
    expect(pick(candidates)).toBe('b')
    info.price = 1
    expect(pick(candidates)).toBe('b')
    expect(pick(candidates, NOW + 60_000)).toBe('a')
    expect(pick(candidates.slice(2))).toBe('c')
  })

  test('of very many too, by chance among the cheapest', () => {
    const many = candidatesOf(
      ...Array.from({ length: 500 }, (_, index) => ({ modelInfo: { price: index % 100 } })),
    )
    const cheapest = new Set(many.filter((_, index) => index % 100 === 0).map(idOf))
    const { pick } = create('cost-based-routing')
    const counts = tally(500, () => pick(many))
    expect(new Set(Object.keys(counts))).toEqual(cheapest)
  })
})

describe('p2c', () => {
  test('a slow deployment is hardly ever picked, and tried again when the memory has faded', () => {
    const candidates = candidatesOf({}, {}, {})
    const { pick, observe } = create('p2c')
    observe(candidates[0], 2000)
    observe(candidates[1], 100)
    observe(candidates[2], 100)
    expect(tally(500, () => pick(candidates)).a).toBeUndefined()
    for (const index of [1, 2]) observe(candidates[index], 100, { now: NOW + 60_000 })
    expect(tally(500, () => pick(candidates, NOW + 60_000)).a).toBeGreaterThan(0)
  })

  test('calls under way make a deployment dear, so one that hangs is left alone before it times out', () => {
    const candidates = candidatesOf({}, {}, {})
    const { pick, observe } = create('p2c')
    for (const candidate of candidates) observe(candidate, 100)
    if (candidates[0]) candidates[0].load.inFlight = 3
    expect(tally(500, () => pick(candidates)).a).toBeUndefined()
  })

  test('failing fast does not look fast', () => {
    const candidates = candidatesOf({}, {})
    const { pick, observe } = create('p2c')
    observe(candidates[0], 1, { failure: 'other' })
    observe(candidates[1], 300)
    expect(tally(100, () => pick(candidates))).toEqual({ b: 100 })
    const known = candidatesOf({}, {})
    observe(known[0], 90)
    observe(known[1], 100)
    for (let index = 0; index < 3; index++) observe(known[0], 1, { failure: 'other' })
    expect(tally(100, () => pick(known))).toEqual({ b: 100 })
  })

  test('one nobody has measured is tried once before anything is known', () => {
    const candidates = candidatesOf({}, {})
    const { pick, observe } = create('p2c')
    observe(candidates[0], 100)
    expect(pick(candidates)).toBe('b')
    if (candidates[1]) candidates[1].load.inFlight = 1
    expect(tally(50, () => pick(candidates))).toEqual({ a: 50 })
  })

  test('where weights differ, each of the two is drawn by weight, and 0 never is', () => {
    const candidates = candidatesOf({ weight: 3 }, { weight: 1 }, { weight: 0 })
    const { pick, observe } = create('p2c')
    observe(candidates[0], 200)
    observe(candidates[1], 100)
    observe(candidates[2], 1)
    const counts = tally(300, () => pick(candidates))
    expect(counts.c).toBeUndefined()
    expect(counts.a).toBeGreaterThan(counts.b ?? 0)
  })
})
