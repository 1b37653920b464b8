import { describe, expect, test } from 'vitest'
import { createError, ERROR_KINDS, type ErrorKind } from '../errors.ts'
import { wait } from '../transport/wait.ts'
import type { Deployment } from '../types/deployment.ts'
import { Cooldowns } from './cooldowns.ts'
import { fallbacksFor } from './fallbacks.ts'
import { backoffMs, mayRetry } from './retry.ts'
import { createSimpleShuffle } from './simple-shuffle.ts'

const error = (kind: ErrorKind, retryAfterMs?: number) => createError({ kind, message: kind, retryAfterMs })
const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]

describe('mayRetry', () => {
  test('retryable errors always, troubles of one deployment only elsewhere, the rest never', () => {
    const always = kinds.filter(kind => mayRetry(error(kind), false))
    const elsewhere = kinds.filter(kind => mayRetry(error(kind), true) && !always.includes(kind))
    expect(always.sort()).toEqual(
      [
        'bad_gateway',
        'conflict',
        'connection',
        'internal',
        'rate_limit',
        'timeout',
        'truncated',
        'unavailable',
      ].sort(),
    )
    expect(elsewhere.sort()).toEqual(['authentication', 'insufficient_quota', 'not_found', 'permission'])
  })
})

describe('backoffMs', () => {
  test('doubles up to eight seconds, with jitter from a quarter to the whole', () => {
    const steps = [1, 2, 3, 4, 5, 6, 20]
    expect(steps.map(attempt => backoffMs(attempt, error('internal'), 0, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ])
    expect(backoffMs(1, error('internal'), 0, () => 0)).toBe(125)
  })

  test('what the provider asked wins, within a minute, and the configured least holds', () => {
    expect(backoffMs(1, error('rate_limit', 3000), 0, () => 0)).toBe(3000)
    expect(backoffMs(1, error('rate_limit', 3_600_000), 0, () => 0)).toBe(60_000)
    expect(backoffMs(1, error('rate_limit', 0), 700, () => 0)).toBe(700)
    expect(backoffMs(1, error('internal'), 700, () => 0)).toBe(700)
  })
})

describe('wait', () => {
  test('ends when its time is over, or with the abort', async () => {
    await expect(wait(1, undefined)).resolves.toBeUndefined()
    const control = new AbortController()
    const waiting = wait(60_000, control.signal)
    control.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'APIUserAbortError' })
    await expect(wait(60_000, control.signal)).rejects.toMatchObject({ name: 'APIUserAbortError' })
  })
})

describe('fallbacksFor', () => {
  const settings = {
    fallbacks: new Map([
      ['g', ['f']],
      ['*', ['any']],
    ]),
    defaultFallbacks: ['last'],
    contextWindowFallbacks: new Map([['g', ['long']]]),
    contentPolicyFallbacks: new Map([['*', ['lenient']]]),
    maxFallbacks: 5,
  }

  test('a list for the kind comes before the general one; a star stands for groups without a list', () => {
    expect(fallbacksFor('g', error('rate_limit'), settings)).toEqual(['f', 'last'])
    expect(fallbacksFor('h', error('rate_limit'), settings)).toEqual(['any', 'last'])
    expect(fallbacksFor('g', error('context_window'), settings)).toEqual(['long', 'f', 'last'])
    expect(fallbacksFor('h', error('content_policy'), settings)).toEqual(['lenient', 'any', 'last'])
  })

  test('nobody else is asked what is wrong anyway', () => {
    const hopeless = kinds.filter(kind => fallbacksFor('g', error(kind), settings).length === 0)
    expect(hopeless.sort()).toEqual(
      [
        'aborted',
        'bad_request',
        'budget',
        'image_fetch',
        'too_large',
        'unknown_provider',
        'unprocessable',
        'unsupported_params',
      ].sort(),
    )
  })
})

describe('Cooldowns', () => {
  const deployment: Deployment = { id: 'd', group: 'g', provider: 'p', model: 'm' }
  const settings = { allowedFails: 2, cooldownMs: 1000, disabled: false }

  test('rests at once after what says "not now", for as long as the provider asked', () => {
    for (const kind of [
      'rate_limit',
      'authentication',
      'permission',
      'not_found',
      'insufficient_quota',
    ] as const) {
      const cooldowns = new Cooldowns(settings)
      cooldowns.failed(deployment, error(kind), 5)
      expect(cooldowns.restsUntil(deployment, 6)).toBe(1005)
      expect(cooldowns.restsUntil(deployment, 1005)).toBe(0)
    }
    const cooldowns = new Cooldowns(settings)
    cooldowns.failed(deployment, error('rate_limit', 9000), 0)
    expect(cooldowns.restsUntil(deployment, 1)).toBe(9000)
  })

  test('forgives as many failures a minute as allowed, and forgets them with a success', () => {
    const cooldowns = new Cooldowns(settings)
    cooldowns.failed(deployment, error('internal'), 0)
    cooldowns.failed(deployment, error('internal'), 1)
    cooldowns.succeeded(deployment)
    cooldowns.failed(deployment, error('internal'), 2)
    cooldowns.failed(deployment, error('internal'), 3)
    expect(cooldowns.restsUntil(deployment, 4)).toBe(0)
    cooldowns.failed(deployment, error('internal'), 70_000)
    expect(cooldowns.restsUntil(deployment, 70_001)).toBe(0)
    cooldowns.failed(deployment, error('internal'), 70_001)
    cooldowns.failed(deployment, error('internal'), 70_002)
    expect(cooldowns.restsUntil(deployment, 70_003)).toBe(71_002)
  })

  test('the caller’s mistakes and hang-ups say nothing about a deployment', () => {
    const cooldowns = new Cooldowns({ ...settings, allowedFails: 0 })
    for (const kind of ['bad_request', 'aborted', 'context_window', 'content_policy', 'budget'] as const)
      cooldowns.failed(deployment, error(kind), 0)
    expect(cooldowns.restsUntil(deployment, 1)).toBe(0)
  })

  test('off is off, and a deployment’s own time wins', () => {
    const off = new Cooldowns({ ...settings, disabled: true })
    off.failed(deployment, error('rate_limit'), 0)
    expect(off.restsUntil(deployment, 1)).toBe(0)
    const own = new Cooldowns(settings)
    own.failed({ ...deployment, cooldownMs: 50 }, error('rate_limit'), 0)
    expect(own.restsUntil(deployment, 1)).toBe(50)
    own.failed({ ...deployment, id: 'never', cooldownMs: 0 }, error('rate_limit'), 0)
    expect(own.restsUntil({ ...deployment, id: 'never' }, 1)).toBe(0)
  })
})

describe('simple shuffle', () => {
  const at = (id: string, over: Partial<Deployment> = {}): Deployment => ({
    id,
    group: 'g',
    provider: 'p',
    model: 'm',
    ...over,
  })
  const picks = (candidates: Deployment[]) =>
    [0, 0.3, 0.6, 0.999].map(random => createSimpleShuffle(() => random).pick(candidates).id)

  test('draws evenly, or by weight, rpm or tpm where any is stated', () => {
    expect(picks([at('a'), at('b')])).toEqual(['a', 'a', 'b', 'b'])
    expect(picks([at('a', { weight: 1 }), at('b', { weight: 9 })])).toEqual(['a', 'b', 'b', 'b'])
    expect(picks([at('a', { rpm: 900 }), at('b', { rpm: 100 })])).toEqual(['a', 'a', 'a', 'b'])
    expect(picks([at('a'), at('b', { tpm: 5 })])).toEqual(['b', 'b', 'b', 'b'])
    expect(picks([at('a', { weight: 0 }), at('b', { weight: 1 })])).toEqual(['b', 'b', 'b', 'b'])
  })
})
