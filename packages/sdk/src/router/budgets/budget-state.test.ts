import { describe, expect, test } from 'vitest'
import { zonedCalendar } from '../../budgets/zoned-calendar.ts'
import { LocalWire } from '../testing/local-wire.ts'
import { BudgetState } from './budget-state.ts'
import { Budgets } from './budgets.ts'

const at = (text: string) => Date.parse(`2026-11-21T${text}Z`)
const NOON = at('12:00:00')
const END = at('13:00:00')
const hourly = { maxBudget: 1, duration: '1h' }
const state = () => new BudgetState('provider', 'p', hourly, zonedCalendar('UTC'), NOON)
const told = (replica: string, nanoUsd: number, resetAt = END) => ({
  ...{ kind: 'provider' as const, id: 'p', replica, resetAt, nanoUsd },
})

describe('what other processes have spent', () => {
  test('is each one’s total, so that hearing it twice, late or out of order adds nothing', () => {
    const budget = state()
    for (const [replica, nanoUsd] of [
      ['a', 100],
      ['b', 7],
      ['a', 300],
      ['a', 200],
      ['a', 300],
    ] as const)
      budget.learn(told(replica, nanoUsd))
    expect(budget.spent).toBe(307)
  })

  test('of another period does not count in this one', () => {
    const budget = state()
    budget.learn(told('a', 100, END - 3_600_000))
    budget.learn(told('a', 100, END + 3_600_000))
    budget.learn(told('a', Number.NaN))
    expect(budget.spent).toBe(0)
  })

  test('is forgotten with its period', () => {
    const budget = state()
    budget.learn(told('a', 2e9))
    budget.own = 5
    expect(budget.check(END - 1, () => 0)).toBe('spent')
    expect(budget.check(END, () => 0)).toBe('fits')
    expect(budget.report(END)).toMatchObject({ spentNanoUsd: 0, resetAt: at('14:00:00') })
  })
})

describe('all budgets', () => {
  const host = (news?: object) => ({ now: () => NOON, ...news })
  const settings = (maxBudget = 1, duration = '1h') => ({
    providerBudgets: new Map([['p', { maxBudget, duration }]]),
  })
  const deployment = { id: 'd', group: 'g', provider: 'p', model: 'm', maxBudget: 0.5, budgetDuration: '1d' }

  test('of a deployment are its provider’s and its own, and none where none is stated', () => {
    const budgets = new Budgets([deployment], settings(), host(), undefined)
    expect(budgets.of(deployment).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'provider p',
      'deployment d',
    ])
    expect(budgets.of({ ...deployment, id: 'e', provider: 'q' })).toEqual([])
  })

  test('keep what is spent when the settings change, unless the period does', () => {
    const first = new Budgets([deployment], settings(), host(), undefined)
    first.hold(first.of(deployment), 100).settle(60)
    const raised = new Budgets([deployment], settings(2), host(), first)
    expect(raised.reports().map(({ spentNanoUsd, maxNanoUsd }) => [spentNanoUsd, maxNanoUsd])).toEqual([
      [60, 2e9],
      [60, 5e8],
    ])
    const daily = new Budgets([], settings(2, '1d'), host(), raised)
    expect(daily.reports()).toMatchObject([{ kind: 'provider', spentNanoUsd: 0, duration: '1d' }])
  })

  test('charge an attempt once, to the period it began in', () => {
    let now = NOON
    const budgets = new Budgets([], settings(), { now: () => now }, undefined)
    const [budget] = budgets.of(deployment)
    const early = budgets.hold(budgets.of(deployment), 100)
    const late = budgets.hold(budgets.of(deployment), 100)
    expect(budget?.reserved).toBe(200)
    expect(early.settle(40)).toEqual([told(budgets.replica, 40)])
    expect(early.settle(40)).toEqual([])
    expect(budget).toMatchObject({ spent: 40, reserved: 100 })
    now = END
    expect(budgets.reports()[0]).toMatchObject({ spentNanoUsd: 0 })
    expect(late.settle(50)).toEqual([told(budgets.replica, 50)])
    expect(budget).toMatchObject({ spent: 0, reserved: 0 })
  })

  test('are told to other processes as totals, and a process never learns from itself', () => {
    const wire = new LocalWire(() => NOON)
    const [one, two] = [0, 1].map(() => new Budgets([], settings(), host({ news: wire.join() }), undefined))
    if (!one || !two) throw new Error('two were made')
    one.hold(one.of(deployment), 0).settle(30)
    one.hold(one.of(deployment), 0).settle(12)
    two.hold(two.of(deployment), 0).settle(5)
    expect([one, two].map(each => each.reports()[0]?.spentNanoUsd)).toEqual([47, 47])
    // What the database says of the same processes later changes nothing.
    for (const each of [one, two]) each.learn([told(one.replica, 42), told(two.replica, 5)])
    expect([one, two].map(each => each.reports()[0]?.spentNanoUsd)).toEqual([47, 47])
    const third = new Budgets([], settings(), host({ news: wire.join() }), undefined)
    expect(third.reports()[0]?.spentNanoUsd).toBe(47)
  })

  test('do not trip over news they cannot read', () => {
    const wire = new LocalWire(() => NOON)
    const budgets = new Budgets([], settings(), host({ news: wire.join() }), undefined)
    const other = wire.join()
    const good = told('x', 9)
    for (const value of [
      null,
      {},
      { ...good, kind: 'moon' },
      { ...good, nanoUsd: 'much' },
      { ...good, nanoUsd: -5 },
    ])
      other.publish({ topic: 'spend', key: 'k', value, ttlMs: 1_000 })
    expect(budgets.reports()[0]?.spentNanoUsd).toBe(0)
  })
})
