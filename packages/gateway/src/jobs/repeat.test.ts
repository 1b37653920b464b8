import { expect, test } from 'vitest'
import { repeat, type Timers } from './repeat.ts'

/** Timers that fire when told to. */
function handTimers() {
  const waiting = new Map<number, () => void>()
  let last = 0
  const timers: Timers = {
    setTimeout(work) {
      waiting.set(++last, work)
      return last
    },
    clearTimeout: timer => void waiting.delete(timer as number),
  }
  return {
    timers,
    waiting,
    async fire() {
      const due = [...waiting.values()]
      waiting.clear()
      for (const work of due) work()
      await new Promise(resolve => setImmediate(resolve))
    },
  }
}

test('runs again after each run, also after one that failed', async () => {
  const hand = handTimers()
  const errors: unknown[] = []
  let runs = 0
  const job = repeat(
    async () => {
      runs++
      if (runs === 1) throw new Error('down')
    },
    { everyMs: 1, onError: error => errors.push(error), timers: hand.timers },
  )
  expect(runs).toBe(0)
  await hand.fire()
  await hand.fire()
  expect(runs).toBe(2)
  expect(errors).toEqual([new Error('down')])
  await job.stop()
  expect(hand.waiting.size).toBe(0)
})

test('never runs twice at a time, and stop waits for the run under way', async () => {
  const hand = handTimers()
  const gate = Promise.withResolvers<void>()
  const job = repeat(() => gate.promise, { everyMs: 1, onError: () => {}, timers: hand.timers })
  await hand.fire()
  expect(hand.waiting.size).toBe(0)
  let stopped = false
  const stopping = job.stop().then(() => {
    stopped = true
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(stopped).toBe(false)
  gate.resolve()
  await stopping
  expect(hand.waiting.size).toBe(0)
})

test('runs at once when asked to', async () => {
  const hand = handTimers()
  let runs = 0
  const work = async () => void runs++
  const job = repeat(work, { everyMs: 1, onError: () => {}, timers: hand.timers, atOnce: true })
  expect(runs).toBe(1)
  await job.stop()
})
