import type { CallRecord, Cost } from 'sluice/internal'
import { BudgetExceededError, RateLimitError, type SluiceError } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import type { BudgetLimit, Claim, LimitSubject } from './limiter.ts'
import { createMemoryLimiter, type MemoryLimiter } from './memory-limiter.ts'

const START = Date.parse('2026-11-21T12:00:00Z')

function clockAt(start = START) {
  const clock = { time: start, now: () => clock.time }
  return clock
}

function keySubject(limits: Partial<LimitSubject> = {}): LimitSubject {
  return { kind: 'key', id: 'k', label: 'alice', ...limits }
}

function budget(maxNanoUsd: number, more: Partial<BudgetLimit> = {}): BudgetLimit {
  return { maxNanoUsd, spentNanoUsd: 0, ...more }
}

function claim(subject: LimitSubject | readonly LimitSubject[], more: Partial<Claim> = {}): Claim {
  const subjects = 'kind' in subject ? [subject] : subject
  return { now: START, subjects, tokens: 10, nanoUsd: 100, model: 'm', ...more }
}

interface Outcome {
  readonly tokens?: number
  readonly nanoUsd?: number
  readonly cost?: Cost
  readonly status?: 'success' | 'failure'
}

function finished({ tokens, nanoUsd, cost, status = 'success' }: Outcome = {}): CallRecord {
  return {
    id: 'call',
    callId: 'call',
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: START,
    stream: false,
    requestedModel: 'm',
    attempts: [],
    fallbacks: 0,
    status,
    usage:
      tokens === undefined
        ? undefined
        : { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    cost:
      cost ??
      (nanoUsd === undefined
        ? { state: 'none' }
        : { state: 'known', nanoUsd, inputNanoUsd: nanoUsd, outputNanoUsd: 0 }),
    upstreamMs: 0,
    warnings: [],
    tags: [],
    metadata: {},
  }
}

function refusal(work: () => unknown): SluiceError {
  try {
    work()
  } catch (error) {
    if (error instanceof RateLimitError || error instanceof BudgetExceededError) return error
    throw error
  }
  throw new Error('was admitted')
}

function open(limiter: MemoryLimiter) {
  return [...limiter.snapshot()].find(subject => subject.kind === 'key')
}

describe('requests per minute', () => {
  test('the limit is admitted and the next request is told when to come back, truthfully', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ rpm: 2 })
    limiter.reserve(claim(subject, { now: START }))
    limiter.reserve(claim(subject, { now: START + 10_000 }))
    const error = refusal(() => limiter.reserve(claim(subject, { now: START + 20_500 })))
    expect(error.status).toBe(429)
    expect(error.message).toBe(
      'Rate limit exceeded for api_key: alice. Limit type: requests. Current limit: 2, Remaining: 0. ' +
        'Limit resets at: 2026-11-21 12:01:00 UTC',
    )
    const wait = error.retryAfterMs ?? 0
    expect(wait).toBe(39_500)
    expect(() => limiter.reserve(claim(subject, { now: START + 20_500 + wait - 1 }))).toThrow(RateLimitError)
    limiter.reserve(claim(subject, { now: START + 20_500 + wait }))
  })

  test('no 60 consecutive seconds ever hold more than the limit', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const random = generator(7)
    const admitted: number[] = []
    for (let now = START; now < START + 600_000; now += Math.floor(random() * 900)) {
      try {
        limiter.reserve(claim(keySubject({ rpm: 30 }), { now }))
        admitted.push(Math.floor(now / 1000))
      } catch (error) {
        expect(error).toBeInstanceOf(RateLimitError)
      }
    }
    for (const second of admitted) {
      expect(admitted.filter(other => other >= second && other < second + 60).length).toBeLessThanOrEqual(30)
    }
    expect(admitted.length).toBeGreaterThan(280)
  })

  test('a limit of 0 admits nobody and promises no time', () => {
    const error = refusal(() => createMemoryLimiter().reserve(claim(keySubject({ rpm: 0 }))))
    expect(error.retryAfterMs).toBeUndefined()
    expect(refusal(() => createMemoryLimiter().reserve(claim(keySubject({ tpm: 0 })))).kind).toBe(
      'rate_limit',
    )
  })

  test('settling gives the request back to nobody', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ rpm: 1 })
    limiter.reserve(claim(subject)).settle(finished({ status: 'failure' }))
    expect(() => limiter.reserve(claim(subject))).toThrow(RateLimitError)
  })
})

describe('tokens per minute', () => {
  test('the poisoned minute: a rejected big request takes nothing from the small one after it', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ tpm: 1000, rpm: 100 })
    limiter.reserve(claim(subject, { tokens: 900 }))
    for (let i = 0; i < 20; i++) {
      expect(() => limiter.reserve(claim(subject, { tokens: 200 }))).toThrow(RateLimitError)
    }
    limiter.reserve(claim(subject, { tokens: 50 }))
    expect(open(limiter)).toMatchObject({ requests: 2, tokens: 950, parallel: 2 })
  })

  test('a refusal by the last subject takes nothing from the first', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const key = keySubject({ rpm: 10, tpm: 1000, maxParallelRequests: 5, budget: budget(1_000_000) })
    const team: LimitSubject = { kind: 'team', id: 't', label: 't', rpm: 0 }
    expect(() => limiter.reserve(claim([key, team]))).toThrow(RateLimitError)
    expect(open(limiter)).toMatchObject({ requests: 0, tokens: 0, parallel: 0, reservedNanoUsd: 0 })
  })

  test('the estimate is corrected to the truth, in both directions', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ tpm: 1000 })
    limiter.reserve(claim(subject, { tokens: 800 })).settle(finished({ tokens: 100 }))
    expect(open(limiter)?.tokens).toBe(100)
    limiter.reserve(claim(subject, { tokens: 10 })).settle(finished({ tokens: 600 }))
    expect(open(limiter)?.tokens).toBe(700)
  })

  test('a failure without usage returns the tokens, a success without usage keeps the estimate', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ tpm: 1000 })
    limiter.reserve(claim(subject, { tokens: 300 })).settle(finished({ status: 'failure' }))
    expect(open(limiter)?.tokens).toBe(0)
    limiter.reserve(claim(subject, { tokens: 300 })).settle(finished())
    expect(open(limiter)?.tokens).toBe(300)
  })

  test('what a long stream used beyond its estimate counts when it ends', () => {
    const clock = clockAt()
    const limiter = createMemoryLimiter({ now: clock.now })
    const subject = keySubject({ tpm: 1000 })
    const reservation = limiter.reserve(claim(subject, { tokens: 100 }))
    clock.time += 90_000
    reservation.settle(finished({ tokens: 500 }))
    expect(open(limiter)?.tokens).toBe(400)
  })

  test('what a long stream did not use is not given back twice', () => {
    const clock = clockAt()
    const limiter = createMemoryLimiter({ now: clock.now })
    const subject = keySubject({ tpm: 1000 })
    const reservation = limiter.reserve(claim(subject, { tokens: 900 }))
    clock.time += 90_000
    limiter.reserve(claim(subject, { tokens: 200, now: clock.time }))
    reservation.settle(finished({ tokens: 100 }))
    expect(open(limiter)?.tokens).toBe(200)
  })

  test('a request estimated above the whole limit runs when the minute is empty, and alone', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ tpm: 1000 })
    const first = limiter.reserve(claim(subject, { tokens: 4096 }))
    expect(() => limiter.reserve(claim(subject, { tokens: 1 }))).toThrow(RateLimitError)
    first.settle(finished({ tokens: 40 }))
    limiter.reserve(claim(subject, { tokens: 900 }))
    expect(open(limiter)?.tokens).toBe(940)
  })

  test('a limit that appears while a call is in flight is not credited with what the call never took', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const reservation = limiter.reserve(claim(keySubject(), { tokens: 500 }))
    limiter.reserve(claim(keySubject({ tpm: 1000, budget: budget(1_000_000) }), { tokens: 100 }))
    reservation.settle(finished({ tokens: 10, nanoUsd: 10 }))
    expect(open(limiter)).toMatchObject({ tokens: 100, reservedNanoUsd: 100 })
  })
})

describe('parallel requests', () => {
  test('a slot comes back exactly once, however often a call is settled', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ maxParallelRequests: 1 })
    const reservation = limiter.reserve(claim(subject))
    const error = refusal(() => limiter.reserve(claim(subject)))
    expect(error.message).toContain('Limit type: max_parallel_requests. Current limit: 1, Remaining: 0')
    expect(error.retryable).toBe(true)
    reservation.settle(finished())
    reservation.settle(finished())
    expect(open(limiter)?.parallel).toBe(0)
    limiter.reserve(claim(subject))
  })
})

describe('budgets', () => {
  test('a spent budget is a terminal refusal in LiteLLM words', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ budget: budget(1_000_000_000, { spentNanoUsd: 1_250_000_000 }) })
    const error = refusal(() => limiter.reserve(claim(subject)))
    expect(error.message).toBe('Budget has been exceeded! Key=alice Current cost: 1.25, Max budget: 1')
    expect(error).toMatchObject({ status: 429, type: 'budget_exceeded', retryable: false })
  })

  test('a model that is known to be free passes a spent budget', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    limiter.reserve(claim(keySubject({ budget: budget(10, { spentNanoUsd: 10 }) }), { nanoUsd: 0 }))
  })

  test('an unknown price is admitted on what is spent', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ budget: budget(100) })
    limiter.reserve(claim(subject, { nanoUsd: 90 }))
    limiter.reserve(claim(subject, { nanoUsd: undefined })).settle(finished({ nanoUsd: 100 }))
    expect(() => limiter.reserve(claim(subject, { nanoUsd: undefined }))).toThrow(BudgetExceededError)
  })

  test('of a call of two attempts what is known is spent, though the price of one is unknown', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ budget: budget(100) })
    const cost: Cost = { state: 'unknown', reason: 'not in the price list', knownNanoUsd: 100 }
    limiter.reserve(claim(subject, { nanoUsd: 90 })).settle(finished({ cost }))
    expect(() => limiter.reserve(claim(subject, { nanoUsd: 1 }))).toThrow(BudgetExceededError)
  })

  test('the rest of a budget is used up by one call alone', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ budget: budget(1000, { spentNanoUsd: 950 }) })
    const last = limiter.reserve(claim(subject, { nanoUsd: 100 }))
    const error = refusal(() => limiter.reserve(claim(subject, { nanoUsd: 1 })))
    expect(error).toMatchObject({ kind: 'budget', retryable: true })
    expect(error.message).toContain('Running requests hold')
    last.settle(finished({ nanoUsd: 20 }))
    limiter.reserve(claim(subject, { nanoUsd: 100 }))
  })

  test('fifty concurrent requests against room for ten spend at most one worst case over it', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({ budget: budget(1050) })
    const admitted = []
    for (let i = 0; i < 50; i++) {
      try {
        admitted.push(limiter.reserve(claim(subject, { nanoUsd: 100 })))
      } catch (error) {
        expect(error).toBeInstanceOf(BudgetExceededError)
      }
    }
    for (const reservation of admitted) reservation.settle(finished({ nanoUsd: 100 }))
    expect(admitted.length).toBe(10)
    expect(limiter.spentNanoUsd('key', 'k')).toBe(1000)
  })

  test('under random concurrent calls the overspend is below one worst case, and every hold returns', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = generator(seed)
      const limiter = createMemoryLimiter({ now: () => START })
      const max = 1000 + Math.floor(random() * 5000)
      const worstOfAll = 1 + Math.floor(random() * 800)
      const subjects = [
        keySubject({ budget: budget(max) }),
        { kind: 'team', id: 't', label: 't', budget: budget(max * 2) } as const,
      ]
      const flying: { worst: number; settle: (record: CallRecord) => void }[] = []
      for (let step = 0; step < 400; step++) {
        if (random() < 0.55) {
          const worst = 1 + Math.floor(random() * worstOfAll)
          try {
            const reservation = limiter.reserve(claim(subjects, { nanoUsd: worst }))
            flying.push({ worst, settle: record => reservation.settle(record) })
          } catch (error) {
            expect(error).toBeInstanceOf(BudgetExceededError)
          }
        } else {
          const [call] = flying.splice(Math.floor(random() * flying.length), 1)
          const actual = Math.floor((call?.worst ?? 0) * random())
          call?.settle(random() < 0.2 ? finished({ status: 'failure' }) : finished({ nanoUsd: actual }))
        }
        const state = open(limiter)
        expect((state?.spentNanoUsd ?? 0) + (state?.reservedNanoUsd ?? 0)).toBeLessThan(max + worstOfAll)
      }
      for (const call of flying) call.settle(finished({ nanoUsd: call.worst }))
      for (const state of limiter.snapshot()) {
        expect(state).toMatchObject({ parallel: 0, reservedNanoUsd: 0 })
      }
      expect(limiter.spentNanoUsd('key', 'k')).toBeLessThan(max + worstOfAll)
    }
  })

  test('the counter starts again at the reset, and ignores a row that has not seen it', () => {
    const clock = clockAt()
    const limiter = createMemoryLimiter({ now: clock.now })
    const resetAt = START + 60_000
    const stale = keySubject({ budget: budget(1000, { spentNanoUsd: 1000, resetAt, duration: '1d' }) })
    expect(() => limiter.reserve(claim(stale))).toThrow(BudgetExceededError)
    clock.time = resetAt
    limiter.reserve(claim(stale, { now: clock.time })).settle(finished({ nanoUsd: 300 }))
    limiter.reserve(claim(stale, { now: clock.time })).settle(finished({ nanoUsd: 300 }))
    expect(limiter.spentNanoUsd('key', 'k')).toBe(600)
    const caughtUp = budget(1000, {
      spentNanoUsd: 300,
      resetAt: Date.parse('2026-11-22T00:00:00Z'),
      duration: '1d',
    })
    limiter.reserve(claim(keySubject({ budget: caughtUp }), { now: clock.time })).settle(finished())
    expect(limiter.spentNanoUsd('key', 'k')).toBe(600)
    expect(open(limiter)?.budgetResetAt).toBe(Date.parse('2026-11-22T00:00:00Z'))
  })

  test('a call that runs across the reset is charged to the period it ends in, and to no other', () => {
    const clock = clockAt()
    const limiter = createMemoryLimiter({ now: clock.now })
    const resetAt = START + 60_000
    const subject = keySubject({ budget: budget(1000, { spentNanoUsd: 800, resetAt, duration: '1d' }) })
    const reservation = limiter.reserve(claim(subject))
    clock.time = resetAt + 1
    reservation.settle(finished({ nanoUsd: 70 }))
    expect(limiter.spentNanoUsd('key', 'k')).toBe(70)
  })

  test('a reset made by another replica is taken over', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const before = budget(1000, { spentNanoUsd: 900, resetAt: START + 10, duration: '1h' })
    limiter.reserve(claim(keySubject({ budget: before }))).settle(finished({ nanoUsd: 50 }))
    const after = budget(1000, { spentNanoUsd: 0, resetAt: START + 3_600_000, duration: '1h' })
    limiter.reserve(claim(keySubject({ budget: after }), { now: START + 5 })).settle(finished({ nanoUsd: 7 }))
    expect(limiter.spentNanoUsd('key', 'k')).toBe(7)
  })

  test('spend that other replicas wrote raises the counter, an older reading does not lower it', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const seen = (spentNanoUsd: number) => claim(keySubject({ budget: budget(1000, { spentNanoUsd }) }))
    limiter.reserve(seen(100)).settle(finished({ nanoUsd: 50 }))
    limiter.reserve(seen(600)).settle(finished())
    limiter.reserve(seen(100)).settle(finished())
    expect(limiter.spentNanoUsd('key', 'k')).toBe(600)
  })

  test('spend set by hand restarts the counter, downwards too', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    limiter.reserve(claim(keySubject({ budget: budget(1000, { spentNanoUsd: 900 }) }))).settle(finished())
    const reset = budget(1000, { spentNanoUsd: 0, setAt: START })
    limiter.reserve(claim(keySubject({ budget: reset }))).settle(finished({ nanoUsd: 5 }))
    expect(limiter.spentNanoUsd('key', 'k')).toBe(5)
  })
})

describe('headers', () => {
  test('say what the key has left after this reservation', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    const subject = keySubject({
      rpm: 60,
      tpm: 1000,
      budget: budget(2_000_000_000, { spentNanoUsd: 500_000_000 }),
    })
    expect(limiter.reserve(claim(subject, { tokens: 100 })).headers).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '60s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '900',
      'x-ratelimit-reset-tokens': '60s',
      'x-litellm-key-rpm-limit': '60',
      'x-litellm-key-tpm-limit': '1000',
      'x-litellm-key-max-budget': '2',
      'x-litellm-key-spend': '0.5',
    })
  })

  test('are empty without limits, and accompany a refusal', () => {
    const limiter = createMemoryLimiter({ now: () => START })
    expect(limiter.reserve(claim(keySubject())).headers).toEqual({})
    const error = refusal(() => limiter.reserve(claim(keySubject({ rpm: 0 }))))
    expect(error.headers).toMatchObject({ 'x-ratelimit-limit-requests': '0', rate_limit_type: 'requests' })
  })
})

test('memory is bounded: idle subjects make room, calls in flight keep their counters', () => {
  const limiter = createMemoryLimiter({ now: () => START, maxSubjects: 100 })
  const flying = limiter.reserve(claim(keySubject({ id: 'busy', budget: budget(1000) })))
  for (let i = 0; i < 5000; i++) {
    limiter.reserve(claim(keySubject({ id: `k${i}`, budget: budget(1000) }))).settle(finished())
  }
  expect([...limiter.snapshot()].length).toBeLessThanOrEqual(100)
  flying.settle(finished({ nanoUsd: 70 }))
  expect(limiter.spentNanoUsd('key', 'busy')).toBe(70)
})

/** A small repeatable source of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
