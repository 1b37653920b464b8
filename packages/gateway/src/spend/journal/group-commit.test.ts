import { writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { silentLog } from '../../db/log.ts'
import { GroupCommit } from './group-commit.ts'

test('rows of one turn of the event loop share a write, and nobody is told before it', async () => {
  const writes: number[] = []
  const commit = new GroupCommit({
    memoryBytes: 1_000_000,
    log: silentLog,
    write: ({ records }) => void writes.push(records.length),
  })
  let told = false
  for (let n = 0; n < 50; n++) commit.append(`{"n":${n}}`)
  const attempt = commit.attempt().then(error => {
    told = true
    return error
  })
  await Promise.resolve()
  expect(writes).toEqual([])
  expect(told).toBe(false)
  expect(await attempt).toBeUndefined()
  expect(writes).toEqual([50])
  expect(commit.bytes).toBe(0)
  expect(await commit.attempt()).toBeUndefined()
})

test('a full disk tells who waits and keeps the rows, and it is tried again', async () => {
  const full = await open('/dev/full', 'w')
  let freed = ''
  let space = false
  const commit = new GroupCommit({
    memoryBytes: 1_000,
    log: silentLog,
    write: ({ bytes }) => {
      if (space) freed += bytes.toString()
      else writeSync(full.fd, bytes)
    },
  })
  commit.append('{"n":0}')
  expect(await commit.attempt()).toMatchObject({ status: 503, cause: { code: 'ENOSPC' } })
  expect(() => commit.write()).toThrow(/Spend cannot be recorded/)
  expect(commit.bytes).toBeGreaterThan(0)
  space = true
  commit.append('{"n":1}')
  expect(await commit.attempt()).toBeUndefined()
  expect(freed.split('\n').map(line => line.slice(18))).toEqual(['{"n":0}', '{"n":1}', ''])
  expect(commit.stop()).toBe(0)
  await full.close()
})

test('rows that are given up are counted', () => {
  const commit = new GroupCommit({
    memoryBytes: 1_000,
    log: silentLog,
    write: () => {
      throw new Error('no')
    },
  })
  commit.append('{"n":0}')
  commit.append('{"n":1}')
  expect(commit.stop()).toBe(2)
})
