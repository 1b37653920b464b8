import { describe, expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

function attemptsAt(clock: { now: number }) {
  return new Attempts({ redis: () => undefined, now: () => clock.now })
}

describe('attempts to sign in', () => {
  test('the eleventh wrong password for a name is not looked at, whatever address it comes from', async () => {
    const clock = { now: 0 }
    const attempts = attemptsAt(clock)
    for (let each = 0; each < 10; each++) await attempts.begin('Ann@acme.com', `10.0.0.${each}`)
    await expect(attempts.begin('ann@ACME.com ', '10.9.9.9')).rejects.toMatchObject({
      status: 429,
      retryAfterMs: 15 * 60_000,
    })
    await attempts.begin('bob@acme.com', '10.9.9.9')
    clock.now = 15 * 60_000
    await attempts.begin('ann@acme.com', '10.9.9.9')
  })

  test('one address that tries many names is stopped after a hundred', async () => {
    const attempts = attemptsAt({ now: 0 })
    for (let each = 0; each < 100; each++) await attempts.begin(`user-${each}`, '10.0.0.1')
    await expect(attempts.begin('user-100', '10.0.0.1')).rejects.toMatchObject({ status: 429 })
  })

  test('many at once are no way around the count', async () => {
    const attempts = attemptsAt({ now: 0 })
    const tries = await Promise.allSettled(
      Array.from({ length: 50 }, () => attempts.begin('ann', '10.0.0.1')),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  })

  test('a right password takes the wrong ones before it away', async () => {
    const attempts = attemptsAt({ now: 0 })
    for (let round = 0; round < 5; round++) {
      for (let each = 0; each < 9; each++) await attempts.begin('ann', '10.0.0.1')
      await attempts.begin('ann', '10.0.0.1')
      await attempts.succeed('ann', '10.0.0.1')
    }
  })
})
