import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { START, spendRow } from '../testing/spend-rows.ts'
import { seeded } from '../world/luck.ts'
import { CallSpool } from './call-spool.ts'
import { readCall } from './read-call.ts'

async function spoolOf(times: readonly number[], run?: number): Promise<CallSpool> {
  const spool = new CallSpool(run)
  for (const at of times) {
    const read = readCall(spendRow({ at, ms: 10 }))
    if ('call' in read) await spool.add(read.call)
  }
  return spool
}

async function timesOf(spool: CallSpool): Promise<number[]> {
  const times = []
  for await (const { at } of spool.read()) times.push(at - START)
  return times
}

const random = seeded(5)
const shuffled = Array.from({ length: 1_000 }, () => Math.floor(random() * 1e6))
const sorted = [...shuffled].sort((a, b) => a - b)
const spools = async () => (await readdir(tmpdir())).filter(name => name.startsWith('sluice-simulate-'))

test.each([
  ['in memory', 5_000],
  ['on disk', 64],
  ['on disk to the last one', 100],
])('calls come in the order of their beginnings, as often as they are read: %s', async (_, run) => {
  const before = await spools()
  const spool = await spoolOf(shuffled, run)
  expect(await timesOf(spool)).toEqual(sorted)
  expect(await timesOf(spool)).toEqual(sorted)
  expect(spool).toMatchObject({
    size: 1_000,
    from: START + (sorted[0] ?? 0),
    to: START + (sorted.at(-1) ?? 0) + 10,
  })
  await spool.close()
  expect(await spools()).toEqual(before)
})
