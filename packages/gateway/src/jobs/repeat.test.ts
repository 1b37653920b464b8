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

function keptLog() {
  const lines: string[] = []
  const write = (_facts: object, message: string) => void lines.push(message)
  return { lines, log: { info: write, warn: write } }
}

test('runs again after each run, and says once that it fails and once that it no longer does', async () => {
  const hand = handTimers()
  const { log, lines } = keptLog()
  let runs = 0
  const work = async () => {
    runs++
    if (runs <= 3) throw new Error('down')
  }
  const job = repeat(work, { name: 'test', everyMs: 1, log, timers: hand.timers })
  expect(runs).toBe(0)
  for (let i = 0; i < 5; i++) await hand.fire()
  expect(runs).toBe(5)
  expect(lines).toEqual(['the job failed; it is tried again', 'the job succeeds again'])
  await job.stop()
  expect(hand.waiting.size).toBe(0)
})

test('runs at once when asked to', async () => {
  const hand = handTimers()
  let runs = 0
  const work = async () => void runs++
  const job = repeat(work, {
    name: 'test',
    everyMs: 1,
    log: keptLog().log,
    timers: hand.timers,
    atOnce: true,
  })
  expect(runs).toBe(1)
  await job.stop()
})

test('never runs twice at a time, and stop waits for the run under way', async () => {
  const hand = handTimers()
  const gate = Promise.withResolvers<void>()
  const job = repeat(() => gate.promise, {
    name: 'test',
    everyMs: 1,
    log: keptLog().log,
    timers: hand.timers,
  })
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
