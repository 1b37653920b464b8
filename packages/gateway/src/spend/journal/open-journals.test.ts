import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../db/log.ts'
import { openJournals } from './open-journals.ts'

let root: string
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'sluice-journals-')), 'journal')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('processes that share a directory get a journal each, and what nobody holds is adopted', async () => {
  const one = await openJournals(root, { log: silentLog })
  const two = await openJournals(root, { log: silentLog })
  expect(two.orphans).toEqual([])
  expect(two.own.directory).not.toBe(one.own.directory)
  expect(statSync(two.own.directory).mode & 0o777).toBe(0o700)
  one.own.append('{"of":"one"}')
  two.own.append('{"of":"two"}')
  await one.own.close()
  await two.own.close()
  const three = await openJournals(root, { log: silentLog })
  expect(three.orphans).toHaveLength(1)
  const found = await Promise.all([three.own, ...three.orphans].map(journal => journal.read(10)))
  expect(found.flatMap(batch => batch.records).sort()).toEqual(['{"of":"one"}', '{"of":"two"}'])
  await three.orphans[0]?.remove()
  await three.own.close()
  expect(readdirSync(root)).toHaveLength(1)
})

test('many that open at once never share a journal', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openJournals(root, { log: silentLog })))
  const held = opened.flatMap(({ own, orphans }) => [own, ...orphans].map(journal => journal.directory))
  expect(new Set(held).size).toBe(held.length)
  for (const { own, orphans } of opened) for (const journal of [own, ...orphans]) await journal.close()
})
