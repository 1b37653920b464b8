import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { auditEntry } from '../testing/audit-entries.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { keyRow } from '../testing/rows.ts'
import { GENESIS_HASH, hashOfEntry } from './audit-entry.ts'

const AUTHOR = { changedAt: 9_000, changedBy: 'sluice', changedByRole: 'system' }

eachDatabase('the audit log', makePlace => {
  async function opened(count: number): Promise<Database> {
    const database = await makePlace().open()
    for (let i = 1; i <= count; i++) await database.audit.append([auditEntry({ changedAt: i * 1_000 })])
    return database
  }

  test('every entry follows the one before it, and the chain knows its ends', async () => {
    const { audit } = await opened(1)
    await audit.append([auditEntry({ objectId: 'a' }), auditEntry({ objectId: 'b\0\ud800' })])
    const entries = await audit.after(0, 10)
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    let previous = GENESIS_HASH
    for (const { hash, ...entry } of entries) {
      expect(entry.previousHash).toBe(previous)
      expect(hashOfEntry(entry)).toBe(hash)
      previous = hash
    }
    const { headSequence, headHash, startSequence } = (await audit.chain()) ?? {}
    expect({ headSequence, headHash, startSequence }).toEqual({
      headSequence: 3,
      headHash: previous,
      startSequence: 0,
    })
  })

  test('appends that come at once, of several processes too, make one chain', async () => {
    const place = makePlace()
    const [one, other] = [await place.open(), await place.open()]
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await (i % 2 ? one : other).audit.append([auditEntry({ objectId: `${i}` })])
      }),
    )
    const entries = await one.audit.after(0, 100)
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(entries.every((entry, i) => i === 0 || entry.previousHash === entries[i - 1]?.hash)).toBe(true)
  })

  describe('together', () => {
    test('keeps the change and its entry, the entry last', async () => {
      const database = await opened(0)
      await database.together(async () => {
        await database.audit.append([auditEntry({ objectId: 'k' })])
        expect(await database.audit.after(0, 10)).toEqual([])
        await database.keys.create(keyRow('k'))
        expect((await database.keys.find('k'))?.tokenHash).toBe('k')
      })
      expect((await database.audit.after(0, 10)).map(entry => entry.objectId)).toEqual(['k'])
      expect(await database.keys.find('k')).toBeDefined()
    })

    test('keeps neither when the change fails', async () => {
      const database = await opened(0)
      const failed = database.together(async () => {
        await database.keys.create(keyRow('k'))
        await database.audit.append([auditEntry()])
        throw new Error('changed my mind')
      })
      await expect(failed).rejects.toThrow('The database refused an operation.')
      expect(await database.keys.find('k')).toBeUndefined()
      expect(await database.audit.after(0, 10)).toEqual([])
      expect(await database.audit.chain()).toBeUndefined()
    })

    test('keeps neither when the entry cannot be written', async () => {
      const database = await opened(0)
      const twice = auditEntry()
      await database.audit.append([twice])
      const failed = database.together(async () => {
        await database.keys.create(keyRow('k'))
        await database.audit.append([twice])
      })
      await expect(failed).rejects.toMatchObject({ kind: 'conflict' })
      expect(await database.keys.find('k')).toBeUndefined()
    })

    test('does not hold what was begun in it and goes on after it', async () => {
      const database = await opened(0)
      let later: Promise<unknown> = Promise.resolve()
      await database.together(async () => {
        later = Promise.resolve().then(async () => {
          await ended
          return await database.keys.find('k')
        })
        await database.keys.create(keyRow('k'))
      })
      end()
      expect(await later).toMatchObject({ tokenHash: 'k' })
    })
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  })

  test('a cut removes the oldest, and an entry of the chain says which', async () => {
    const { audit } = await opened(5)
    expect(await audit.cut(4_000, 100, { id: randomUUID(), ...AUTHOR })).toBe(3)
    const entries = await audit.after(0, 10)
    expect(entries.map(({ sequence }) => sequence)).toEqual([4, 5, 6])
    expect(entries[2]).toMatchObject({ action: 'deleted', tableName: 'LiteLLM_AuditLog', objectId: '1-3' })
    expect(JSON.parse(entries[2]?.beforeValue ?? '')).toEqual({
      from_sequence: 1,
      to_sequence: 3,
      last_hash: entries[0]?.previousHash,
    })
    expect(await audit.chain()).toMatchObject({ startSequence: 3, headSequence: 6 })
    expect(await audit.cut(4_000, 100, { id: randomUUID(), ...AUTHOR })).toBe(0)
    expect(await audit.cut(6_000, 1, { id: randomUUID(), ...AUTHOR })).toBe(1)
  })

  test('lists by every filter, a page at a time', async () => {
    const { audit } = await opened(3)
    await audit.append([
      auditEntry({ changedAt: 4_000, objectId: 'o', changedBy: 'bert', action: 'blocked' }),
      auditEntry({ changedAt: 5_000, tableName: 'LiteLLM_TeamTable', changedByApiKey: null }),
    ])
    const page = { page: 1, size: 10 }
    const found = async (filter: object) =>
      (await audit.list({ ...page, ...filter })).rows.map(({ sequence }) => sequence)
    expect(await found({})).toEqual([5, 4, 3, 2, 1])
    expect(await found({ changedBy: 'bert' })).toEqual([4])
    expect(await found({ objectId: 'o', action: 'blocked' })).toEqual([4])
    expect(await found({ tableName: 'LiteLLM_TeamTable' })).toEqual([5])
    expect(await found({ changedByApiKey: 'hash-of-anna', sortOrder: 'asc' })).toEqual([1, 2, 3, 4])
    expect(await found({ from: 2_000, to: 4_000 })).toEqual([3, 2])
    expect(await found({ sortBy: 'changed_by', sortOrder: 'desc' })).toEqual([4, 5, 3, 2, 1])
    expect(await found({ sortBy: 'changed_by_api_key', size: 4 })).toEqual([4, 3, 2, 1])
    expect(await audit.list({ page: 2, size: 2 })).toMatchObject({ total: 5, rows: [{ sequence: 3 }, {}] })
    const id = (await audit.after(3, 1))[0]?.id ?? ''
    expect(await audit.find(id)).toMatchObject({ changedBy: 'bert' })
    expect(await audit.find('nobody')).toBeUndefined()
  })
})
