import { describe, expect, test } from 'vitest'
import { budgetPeriodStart, momentAfter, nextBudgetReset, readBudgetDuration } from './budget-duration.ts'
import { zonedCalendar } from './zoned-calendar.ts'

const utc = zonedCalendar('UTC')
const berlin = zonedCalendar('Europe/Berlin')
const at = (text: string) => Date.parse(text)

function reset(duration: string, now: string, calendar = utc): string | undefined {
  const moment = nextBudgetReset(duration, at(now), calendar)
  return moment === undefined ? undefined : new Date(moment).toISOString()
}

describe('nextBudgetReset', () => {
  test.each([
    ['30s', '2026-11-21T12:06:21Z', '2026-11-21T12:06:30.000Z'],
    ['15m', '2026-11-21T12:06:21Z', '2026-11-21T12:15:00.000Z'],
    ['1h', '2026-11-21T12:06:21Z', '2026-11-21T13:00:00.000Z'],
    ['6h', '2026-11-21T13:00:00Z', '2026-11-21T18:00:00.000Z'],
    ['6h', '2026-11-21T18:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['1d', '2026-11-21T12:06:21Z', '2026-11-22T00:00:00.000Z'],
    ['24h', '2026-11-21T12:06:21Z', '2026-11-22T00:00:00.000Z'],
    ['7d', '2026-11-21T12:06:21Z', '2026-11-23T00:00:00.000Z'],
    ['1w', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00.000Z'],
    ['30d', '2026-11-21T12:06:21Z', '2026-12-01T00:00:00.000Z'],
    ['30d', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00.000Z'],
    ['10d', '2026-11-21T12:06:21Z', '2026-12-01T00:00:00.000Z'],
    ['1mo', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['2mo', '2026-12-05T00:00:00Z', '2027-02-01T00:00:00.000Z'],
  ])('a budget of %s seen at %s starts again at %s', (duration, now, expected) => {
    expect(reset(duration, now)).toBe(expected)
  })

  test('an absent, empty or none duration never resets, an unreadable one at midnight', () => {
    expect(nextBudgetReset(null, 0, utc)).toBeUndefined()
    expect(nextBudgetReset(undefined, 0, utc)).toBeUndefined()
    expect(reset('', '2026-11-21T12:00:00Z')).toBeUndefined()
    expect(reset('none', '2026-11-21T12:00:00Z')).toBeUndefined()
    expect(reset('soon', '2026-11-21T12:00:00Z')).toBe('2026-11-22T00:00:00.000Z')
  })

  test('midnight is the local one, in summer and in winter', () => {
    expect(reset('1d', '2026-07-01T12:00:00Z', berlin)).toBe('2026-07-01T22:00:00.000Z')
    expect(reset('1d', '2026-12-01T12:00:00Z', berlin)).toBe('2026-12-01T23:00:00.000Z')
  })

  test('a day of 23 hours and a day of 25 hours both end at local midnight', () => {
    // Clocks went forward on 29 March 2026 and back on 25 October 2026.
    expect(reset('1d', '2026-03-28T23:30:00Z', berlin)).toBe('2026-03-29T22:00:00.000Z')
    expect(reset('1d', '2026-10-24T22:30:00Z', berlin)).toBe('2026-10-25T23:00:00.000Z')
    expect(reset('30d', '2026-10-20T00:00:00Z', berlin)).toBe('2026-10-31T23:00:00.000Z')
  })

  test('an hourly budget resets in both hours that the autumn clock shows twice', () => {
    expect(reset('1h', '2026-10-25T00:30:00Z', berlin)).toBe('2026-10-25T01:00:00.000Z')
    expect(reset('1h', '2026-10-25T01:30:00Z', berlin)).toBe('2026-10-25T02:00:00.000Z')
  })

  test('a six-hour budget keeps to the wall clock on the day of a clock change', () => {
    expect(reset('6h', '2026-03-29T00:30:00Z', berlin)).toBe('2026-03-29T04:00:00.000Z')
  })

  test('where the spring change skips midnight itself, the day begins right after it', () => {
    const beirut = zonedCalendar('Asia/Beirut')
    expect(reset('1d', '2026-03-28T12:00:00Z', beirut)).toBe('2026-03-28T22:00:00.000Z')
  })

  test('the next reset always lies ahead, over two years of odd moments in four zones', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      const calendar = zonedCalendar(zone)
      for (
        let now = at('2026-01-01T00:00:00Z');
        now < at('2027-12-31T00:00:00Z');
        now += 7_777_777_777 / 10
      ) {
        for (const duration of ['45s', '7m', '1h', '5h', '36h', '1d', '3d', '7d', '30d', '1mo']) {
          expect(nextBudgetReset(duration, now, calendar)).toBeGreaterThan(now)
        }
      }
    }
  })

  test('a time zone that does not exist is refused', () => {
    expect(() => zonedCalendar('Mars/Olympus')).toThrow(RangeError)
  })
})

test('budgetPeriodStart finds where an anchored period began, in the zone of the budget', () => {
  const now = at('2026-11-21T12:00:00Z')
  expect(budgetPeriodStart('1d', now, utc)).toBe(at('2026-11-21T00:00:00Z'))
  expect(budgetPeriodStart('7d', now, utc)).toBe(at('2026-11-16T00:00:00Z'))
  expect(budgetPeriodStart('30d', now, berlin)).toBe(at('2026-10-31T23:00:00Z'))
  expect(budgetPeriodStart('1mo', at('2026-01-09T00:00:00Z'), utc)).toBe(at('2026-01-01T00:00:00Z'))
  expect(budgetPeriodStart(undefined, now, utc)).toBe(0)
  expect(budgetPeriodStart('10d', now, utc)).toBeUndefined()
})

test('readBudgetDuration reads a count and a unit and nothing else', () => {
  expect(readBudgetDuration('30d')).toEqual({ count: 30, unit: 'd' })
  for (const text of ['', 'd', '0d', '-1d', '1y', '1.5h', '30 d', 'x1d']) {
    expect(readBudgetDuration(text)).toBeUndefined()
  }
})

test('momentAfter counts real time, and calendar months to at most the last of the month', () => {
  expect(momentAfter('2h', at('2026-11-21T12:00:00Z'))).toBe(at('2026-11-21T14:00:00Z'))
  expect(momentAfter('1mo', at('2027-01-31T08:00:00Z'))).toBe(at('2027-02-28T08:00:00Z'))
  expect(momentAfter('never', 0)).toBeUndefined()
})
