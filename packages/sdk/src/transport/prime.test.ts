import { expect, test } from 'vitest'
import { prime } from './prime.ts'

test('the first item waits for whoever pumps, and order is kept', async () => {
  const pump = await prime<number>(async push => {
    for (const item of [1, 2, 3]) await push(item)
  })
  const seen: number[] = []
  await pump(item => void seen.push(item))
  expect(seen).toEqual([1, 2, 3])
})

test('a source that fails before its first item fails at once', async () => {
  const failing = prime(async () => {
    throw new Error('refused')
  })
  await expect(failing).rejects.toThrow('refused')
})

test('a source that fails after its first item fails the pump', async () => {
  const pump = await prime<number>(async push => {
    await push(1)
    throw new Error('cut')
  })
  const seen: number[] = []
  await expect(pump(item => void seen.push(item))).rejects.toThrow('cut')
  expect(seen).toEqual([1])
})

test('an empty source pumps nothing', async () => {
  const pump = await prime<number>(async () => {})
  const seen: number[] = []
  await pump(item => void seen.push(item))
  expect(seen).toEqual([])
})
