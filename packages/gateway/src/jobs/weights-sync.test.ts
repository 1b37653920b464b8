import { LiveWeights, type News, type Newswire } from 'sluice/internal'
import { afterAll, expect, test } from 'vitest'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { startWeightsSync } from './weights-sync.ts'

const place = sqlitePlace()
const database = await place.open()
afterAll(() => place.remove())

/** Timers that never fire: what is heard, is heard by news. */
const timers = { setTimeout: () => 0, clearTimeout: () => {} }
const onError = (error: unknown) => {
  throw error
}

/** Two ends of one wire; what one tells, the other hears. */
function wires(): [Newswire, Newswire] {
  const listeners: ((news: News) => void)[][] = [[], []]
  const end = (own: number): Newswire => ({
    publish: news => listeners[1 - own]?.forEach(listener => listener(news)),
    subscribe(_topic, listener) {
      listeners[own]?.push(listener)
      return () => void listeners[own]?.splice(0)
    },
  })
  return [end(0), end(1)]
}

test('a replica that is told of a change takes it over at once, and after its end no more', async () => {
  const [here, there] = wires()
  const boards = [new LiveWeights(), new LiveWeights()] as const
  const job = (board: LiveWeights, news: Newswire) =>
    startWeightsSync({ store: database.weights, weights: () => board, news, timers, onError })
  const one = job(boards[0], here)
  const two = job(boards[1], there)
  const set = (weight: number) =>
    database.weights.change({ weights: { a: weight }, author: null, now: 1_000 })
  await set(3)
  await one.changed()
  expect(boards[0].of('a').set).toBe(3)
  await expect.poll(() => boards[1].of('a').set).toBe(3)
  await two.stop()
  await set(4)
  await one.changed()
  expect([boards[0].of('a').set, boards[1].of('a').set]).toEqual([4, 3])
  await one.stop()
})

test('a start waits for the weights, but not for ever', async () => {
  const board = new LiveWeights()
  const late = startWeightsSync({
    store: { all: () => new Promise(() => {}) },
    ...{ weights: () => board, timers, onError },
  })
  await late.ready(1)
  expect(board.all().size).toBe(0)
})
