import { describe, expect, test } from 'vitest'
import { createError, type ErrorKind } from '../../errors.ts'
import { wait } from '../../transport/wait.ts'
import { backoffMs } from './backoff.ts'

const error = (kind: ErrorKind, retryAfterMs?: number) => createError({ kind, message: kind, retryAfterMs })

describe('backoffMs', () => {
  test('doubles up to eight seconds, with jitter from a quarter to the whole', () => {
    const steps = [1, 2, 3, 4, 5, 6, 20]
    expect(steps.map(attempt => backoffMs(attempt, error('internal'), 0, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ])
    expect(backoffMs(1, error('internal'), 0, () => 0)).toBe(125)
  })

  test('what the provider asked wins, and the configured least holds', () => {
    expect(backoffMs(1, error('rate_limit', 3000), 0, () => 0)).toBe(3000)
    expect(backoffMs(1, error('rate_limit', 0), 700, () => 0)).toBe(700)
    expect(backoffMs(1, error('internal'), 700, () => 0)).toBe(700)
  })

  test('nobody is kept waiting for more than a minute: the caller is told when to come back instead', () => {
    expect(backoffMs(1, error('rate_limit', 60_000), 0, () => 0)).toBe(60_000)
    expect(backoffMs(1, error('rate_limit', 3_600_000), 0, () => 0)).toBeUndefined()
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
