import { describe, expect, test } from 'vitest'
import { inVirtualTime, VirtualTime } from './virtual-time.ts'

const START = 1_000_000_000_000

test('an hour of waiting takes no time, and is told as an hour', async () => {
  const began = performance.now()
  const waited = await inVirtualTime(START, time =>
    time.until(
      (async () => {
        const before = performance.now()
        for (let minute = 0; minute < 60; minute++) await new Promise(resolve => setTimeout(resolve, 60_000))
        return [time.now() - START, performance.now() - before]
      })(),
    ),
  )
  expect(waited).toEqual([3_600_000, 3_600_000])
  expect(performance.now() - began).toBeLessThan(15_000)
})

test('what is due is done in order, and only until the time that is asked for', async () => {
  const time = new VirtualTime(START)
  const done: string[] = []
  time.at(START + 20, () => done.push('c'))
  time.at(START + 10, () => done.push('a'))
  time.at(START + 10, () => done.push('b'))
  const takeBack = time.at(START + 15, () => done.push('never'))
  takeBack()
  await time.advanceTo(START + 12)
  expect([done, time.now()]).toEqual([['a', 'b'], START + 12])
  await time.advanceTo(START + 100)
  expect(done).toEqual(['a', 'b', 'c'])
})

test('ten thousand timers come in the order of their times, though most were taken back', async () => {
  const time = new VirtualTime(START)
  const seen: number[] = []
  for (let index = 0; index < 10_000; index++) {
    const at = START + ((index * 7919) % 10_007)
    const takeBack = time.at(at, () => seen.push(at))
    if (index % 10 !== 0) takeBack()
  }
  await time.advanceTo(START + 20_000)
  expect(seen).toHaveLength(1000)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})

describe('a timer of the process', () => {
  test('can be cleared and refreshed like a real one', async () => {
    const fired = await inVirtualTime(START, async time => {
      const at: number[] = []
      clearTimeout(setTimeout(() => at.push(-1), 5))
      const timer = setTimeout(() => at.push(time.now() - START), 100)
      setTimeout(() => timer.refresh(), 60)
      await time.advanceTo(START + 500)
      return at
    })
    expect(fired).toEqual([160])
  })

  test('is real again afterwards, also when the scene fails', async () => {
    const before = setTimeout
    await expect(inVirtualTime(START, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(setTimeout).toBe(before)
  })
})
