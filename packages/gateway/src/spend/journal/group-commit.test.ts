import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { silentLog } from '../../db/log.ts'
import { GroupCommit } from './group-commit.ts'

test('rows that come while a write runs share the next one', async () => {
  const writes: number[] = []
  const gates: (() => void)[] = []
  const commit = new GroupCommit({
    commitMs: 0,
    memoryBytes: 1_000_000,
    log: silentLog,
    write: bytes => {
      writes.push(bytes.toString().split('\n').length - 1)
      return new Promise(resolve => gates.push(resolve))
    },
  })
  commit.append('{"n":0}')
  const first = commit.durable()
  for (let n = 1; n <= 50; n++) commit.append(`{"n":${n}}`)
  const second = commit.durable()
  gates.shift()?.()
  await first
  await expect.poll(() => writes).toEqual([1, 50])
  gates.shift()?.()
  await second
  expect(commit.bytes).toBe(0)
  await commit.durable()
})

test('a full disk rejects who waits and keeps the rows', async () => {
  const full = await open('/dev/full', 'w')
  const commit = new GroupCommit({
    commitMs: 1,
    memoryBytes: 1_000,
    log: silentLog,
    write: async bytes => {
      await full.write(bytes)
    },
  })
  commit.append('{"n":0}')
  const error: unknown = await commit.durable().catch((caught: unknown) => caught)
  expect(error).toMatchObject({ status: 503, cause: { code: 'ENOSPC' } })
  expect(commit.bytes).toBeGreaterThan(0)
  expect(commit.stop()).toBe(1)
  await full.close()
})
