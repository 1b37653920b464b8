import { zonedCalendar } from 'sluice/internal'
import { expect, test } from 'vitest'
import { periodAt } from './period-at.ts'

const utc = zonedCalendar('UTC')
const at = (text: string) => Date.parse(`2026-${text}Z`)

test.each([
  ['1d', '11-22T00:00:00', '11-22T00:00:08', '11-22T00:00:00', '11-23T00:00:00'],
  // Nobody looked for two days.
  ['1d', '11-20T00:00:00', '11-22T09:00:00', '11-22T00:00:00', '11-23T00:00:00'],
  ['1h', '11-22T03:00:00', '11-22T06:10:00', '11-22T06:00:00', '11-22T07:00:00'],
  ['30s', '11-01T00:00:00', '11-22T06:10:41', '11-22T06:10:30', '11-22T06:11:00'],
  ['30d', '11-01T00:00:00', '11-22T00:00:00', '11-01T00:00:00', '12-01T00:00:00'],
  // Told to start again at a time that its calendar does not have.
  ['1d', '11-22T05:00:00', '11-22T05:00:03', '11-22T05:00:00', '11-23T00:00:00'],
  ['10d', '11-02T00:00:00', '11-22T01:00:00', '11-22T00:00:00', '12-02T00:00:00'],
])('a budget of %s that was due at %s, looked at at %s, began at %s', (duration, due, now, from, next) => {
  expect(periodAt({ budgetDuration: duration, budgetResetAt: at(due) }, at(now), utc)).toEqual({
    periodFrom: at(from),
    nextResetAt: at(next),
  })
})

test('a budget without a duration has no period', () => {
  expect(periodAt({ budgetDuration: null, budgetResetAt: 1 }, 2, utc)).toBeUndefined()
})
