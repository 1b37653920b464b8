import { describe, expect, test } from 'vitest'
import { createError, ERROR_KINDS, type ErrorKind } from '../../errors.ts'
import { type RetrySettings, retriesFor, retryableAt } from './retry-policy.ts'
import { ShareBudget } from './share-budget.ts'

const error = (kind: ErrorKind) => createError({ kind, message: kind })
const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]
const settings: RetrySettings = {
  retries: 2,
  retryPolicy: {
    byClass: new Map([
      ['RateLimitError', 5],
      ['BadRequestError', 1],
    ]),
    otherwise: 3,
  },
  modelGroupRetryPolicy: new Map([['special', { byClass: new Map([['RateLimitError', 0]]) }]]),
}

describe('what is tried again', () => {
  const at = (where: string, own: RetrySettings = { retries: 2 }) =>
    kinds.filter(kind => retryableAt(error(kind), 'g', own) === where).sort()

  test('retryable errors anywhere, troubles of one deployment only elsewhere, the rest never', () => {
    expect(at('anywhere')).toEqual(
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
    expect(at('elsewhere')).toEqual(['authentication', 'insufficient_quota', 'not_found', 'permission'])
  })

  test('a policy that names a hopeless error has it tried at another deployment only', () => {
    expect(at('elsewhere', settings)).toContain('bad_request')
    expect(at('anywhere', settings)).not.toContain('bad_request')
    expect(at('nowhere', settings)).toContain('content_policy')
    expect(at('nowhere', settings)).toContain('aborted')
  })
})

describe('how often', () => {
  const retries = (kind: ErrorKind, over: { asked?: number; own?: number; group?: string } = {}) =>
    retriesFor({ error: error(kind), group: over.group ?? 'g', asked: over.asked, own: over.own }, settings)

  test('the caller, the policy of the group, the policy, the deployment, the router: in this order', () => {
    expect(retries('rate_limit', { asked: 0, own: 9 })).toBe(0)
    expect(retries('rate_limit', { group: 'special', own: 9 })).toBe(0)
    expect(retries('rate_limit', { own: 9 })).toBe(5)
    expect(retries('internal', { own: 9 })).toBe(3)
    expect(retries('internal', { group: 'special', own: 9 })).toBe(9)
    expect(retries('internal', { group: 'special' })).toBe(2)
  })
})

describe('the retry budget', () => {
  test('allows a burst, then one retry for every ten calls', () => {
    const budget = new ShareBudget(0.1, 100)
    let retries = 0
    const call = () => {
      budget.called()
      if (!budget.hasRoom) return
      budget.take()
      retries++
    }
    for (let index = 0; index < 10_000; index++) call()
    expect(retries).toBeGreaterThan(1_000)
    expect(retries).toBeLessThanOrEqual(1_112)
  })

  test('a share of nothing leaves the burst alone', () => {
    const budget = new ShareBudget(0, 100)
    for (let index = 0; index < 100; index++) budget.take()
    budget.called()
    expect(budget.hasRoom).toBe(false)
  })
})
