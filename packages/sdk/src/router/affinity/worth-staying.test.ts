import { describe, expect, test } from 'vitest'
import { factsOf } from '../../models/model-facts.ts'
import { trackOf } from '../candidate.ts'
import { candidatesOf } from '../testing/candidates.ts'
import { expectedMs, reasonToLeave, savedMs } from './worth-staying.ts'

const NOW = 1_000_000
/** Reading costs 3 dollars a million, cached 0.30. */
const facts = factsOf('m', {
  input_cost_per_token: 3e-6,
  output_cost_per_token: 15e-6,
  cache_read_input_token_cost: 3e-7,
})

function pair(warmMs: number, inFlight: number, otherMs: number | undefined, places?: number) {
  const [warm, other] = candidatesOf({ maxParallelRequests: places }, {})
  if (!warm || !other) throw new Error('two were asked for')
  trackOf(warm, false).observe({ now: NOW, durationMs: warmMs })
  if (otherMs !== undefined) trackOf(other, false).observe({ now: NOW, durationMs: otherMs })
  warm.load.inFlight = inFlight
  return {
    warm,
    other,
    leave: (tokens: number) => reasonToLeave(warm, other, { stream: false, now: NOW, tokens, facts }),
  }
}

describe('what a cache saves', () => {
  test('is 100 ms per 1,000 tokens, and a second for every cent', () => {
    // 10,000 tokens: 1,000 ms of reading, and 2.7 cents.
    expect(savedMs(10_000, facts)).toBeCloseTo(1_000 + 2_700, 5)
    expect(savedMs(10_000, undefined)).toBe(1_000)
    expect(savedMs(10_000, factsOf('m', { input_cost_per_token: 3e-6 }))).toBe(1_000)
  })
})

describe('what a call is expected to take', () => {
  test('is the latency, and as much again for every full set of places under way', () => {
    const { warm } = pair(4_000, 4, undefined, 8)
    expect(expectedMs(warm, false, NOW)).toBeCloseTo(4_001 * 1.5, 0)
    expect(expectedMs(pair(4_000, 16, undefined).warm, false, NOW)).toBeCloseTo(4_001 * 2, 0)
  })
})

describe('a warm deployment', () => {
  test('is kept while waiting costs less than the cache saves, and left beyond', () => {
    // 2,000 ms against 1,000 ms with 10,000 tokens cached, worth 3,700 ms: the limit lies at 2.35 of 1 + n/16.
    expect(pair(2_000, 21, 1_000).leave(10_000)).toBeUndefined()
    expect(pair(2_000, 22, 1_000).leave(10_000)).toMatch(
      /it would take 3\d{3} ms longer, and its cache saves what 3700 ms/,
    )
    expect(pair(2_000, 22, 1_000).leave(20_000)).toBeUndefined()
  })

  test('is left sooner where its places are few', () => {
    expect(pair(2_000, 4, 1_000, 4).leave(10_000)).toBeUndefined()
    expect(pair(2_000, 6, 1_000, 4).leave(10_000)).toBeDefined()
  })

  test('is compared with its own latency where nobody has measured the other', () => {
    expect(pair(2_000, 8, undefined).leave(1_024)).toBeDefined()
    expect(pair(2_000, 2, undefined).leave(1_024)).toBeUndefined()
  })

  test('is left when it fails', () => {
    const { warm, leave } = pair(1_000, 0, 1_000)
    expect(leave(2_000)).toBeUndefined()
    for (let n = 0; n < 5; n++) trackOf(warm, false).observe({ now: NOW, durationMs: 50, failure: 'other' })
    expect(leave(2_000)).toBeDefined()
  })
})
