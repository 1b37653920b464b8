import { describe, expect, test } from 'vitest'
import type { Candidate } from '../candidate.ts'
import { candidatesOf, idOf } from '../testing/candidates.ts'
import { Ticket } from './ticket.ts'
import { type WaitLimits, waitForPlace } from './waiting.ts'

const limits: WaitLimits = { priority: 0, patienceMs: 60_000, signal: undefined, mostWaiting: 10 }
const pair = () => candidatesOf({}, {}) as readonly [Candidate, Candidate]

describe('a place', () => {
  test('goes from the call that ends to the one that waits, without becoming free in between', async () => {
    const [a, b] = pair()
    const ticket = new Ticket(a, 0, 0, false)
    const waiting = waitForPlace([a, b], limits)
    ticket.close(1, undefined)
    expect(a.load.inFlight).toBe(1)
    expect(idOf(await waiting)).toBe('a')
    expect([a.load.waiting.length, b.load.waiting.length]).toEqual([0, 0])
    new Ticket(a, 1, 0, true).close(2, undefined)
    expect(a.load.inFlight).toBe(0)
  })

  test('is given by priority, then in the order of arrival, once per end', async () => {
    const [a] = pair()
    const order: string[] = []
    const wait = (name: string, priority: number) =>
      waitForPlace([a], { ...limits, priority }).then(() => void order.push(name))
    const waits = [wait('late', 5), wait('first', 0), wait('second', 0)]
    const tickets = [1, 2, 3].map(() => new Ticket(a, 0, 0, false))
    for (const ticket of tickets) {
      ticket.close(1, undefined)
      ticket.close(1, undefined)
    }
    await Promise.all(waits)
    expect(order).toEqual(['first', 'second', 'late'])
    expect(a.load.inFlight).toBe(3)
  })

  test('is not waited for behind too many, beyond patience, or after a hang-up; and nobody stays in line', async () => {
    const [a] = pair()
    const control = new AbortController()
    const aborted = waitForPlace([a], { ...limits, signal: control.signal })
    await expect(waitForPlace([a], { ...limits, mostWaiting: 1 })).rejects.toMatchObject({ status: 429 })
    await expect(waitForPlace([a], { ...limits, patienceMs: 5 })).rejects.toThrow('no place became free')
    control.abort()
    await expect(aborted).rejects.toMatchObject({ name: 'APIUserAbortError' })
    await expect(waitForPlace([a], { ...limits, signal: control.signal })).rejects.toThrow()
    expect(a.load.waiting).toEqual([])
  })
})

describe('tokens of the minute', () => {
  test('are reserved, and replaced by what the call took', () => {
    const [a] = pair()
    const first = new Ticket(a, 0, 100, false)
    const second = new Ticket(a, 0, 100, false)
    expect([a.load.usage.requests(0), a.load.usage.tokens(0)]).toEqual([2, 200])
    first.close(1, 30)
    second.close(1, undefined)
    expect(a.load.usage.tokens(1)).toBe(130)
    expect(a.load.usage.tokens(60_000)).toBe(0)
    first.close(60_001, 5)
    expect(a.load.usage.tokens(60_001)).toBe(0)
  })
})
