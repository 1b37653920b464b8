import { expect, test } from 'vitest'
import { testHost } from '../../testing/ask.ts'
import { SETTINGS } from '../testing/tables.ts'
import { StrategyBook } from './strategy-book.ts'

const groups = [
  { models: ['fast', 'faster'], strategy: 'latency-based-routing' },
  { models: ['cheap'], strategy: 'cost-based-routing' },
] as const

test('a group goes by the strategy it is named with, all others by the usual one', () => {
  const book = new StrategyBook({ ...SETTINGS, strategy: 'p2c', routingGroups: groups }, testHost())
  const names = ['fast', 'faster', 'cheap', 'other', undefined].map(group => book.of(group).name)
  expect(names).toEqual([
    ...['latency-based-routing', 'latency-based-routing', 'cost-based-routing', 'p2c', 'p2c'],
  ])
})

test('groups that are named together share what the strategy remembers', () => {
  const book = new StrategyBook({ ...SETTINGS, routingGroups: groups }, testHost())
  expect(book.of('fast')).toBe(book.of('faster'))
  expect(book.of('fast')).not.toBe(book.of('cheap'))
})
