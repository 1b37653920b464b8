import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'
import { Jobs } from './jobs.ts'

const facts = { id: 'j', model: 'm', input: {} }

test('a job runs for as many polls as it is told, then is done', () => {
  const jobs = new Jobs()
  jobs.start(facts, { job: { runningPolls: 2 } })
  expect([1, 2, 3].map(() => jobs.poll('j').state)).toEqual(['running', 'running', 'done'])
  expect(jobs.find('j').polls).toBe(3)
})

test('a job can fail or be cancelled, and an unknown one is not found', () => {
  const jobs = new Jobs()
  jobs.start(facts, { job: { runningPolls: 0, error: 'no luck' } })
  expect(jobs.poll('j')).toMatchObject({ state: 'failed', error: 'no luck' })
  jobs.start({ ...facts, id: 'k' }, {})
  expect([jobs.cancel('k').state, jobs.poll('k').state, jobs.poll('k').state]).toEqual(
    Array(3).fill('cancelled'),
  )
  expect(() => jobs.poll('z')).toThrow("no job 'z'")
})

test('a bounded map forgets its oldest entry', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3).set('c', 4)
  expect([...map]).toEqual([
    ['b', 2],
    ['c', 4],
  ])
})
