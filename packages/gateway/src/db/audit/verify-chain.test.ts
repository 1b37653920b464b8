import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { connectionOf } from '../open-database.ts'
import type { AuditLogTable } from '../tables.ts'
import { auditEntry } from '../testing/audit-entries.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { decodeAuditEntry, encodeAuditEntry } from './audit-columns.ts'
import { hashOfEntry } from './audit-entry.ts'
import { verifyChain } from './verify-chain.ts'

/** What an attacker who may write the database types. */
async function tamper(database: Database, ...statements: readonly string[]): Promise<void> {
  for (const statement of statements)
    await connectionOf(database).run(kysely => sql.raw(statement).execute(kysely))
}

async function stored(database: Database): Promise<AuditLogTable[]> {
  return await connectionOf(database).run(kysely =>
    kysely.selectFrom('audit_log').selectAll().orderBy('sequence').execute(),
  )
}

/** Every column an entry has, each in another way than it was. */
const ALTERATIONS = [
  "id = 'other'",
  'changed_at = changed_at + 1',
  "changed_by = 'mallory'",
  'user_id = null',
  "changed_by_api_key = 'hash-of-mallory'",
  "changed_by_role = 'internal_user'",
  'client_ip = null',
  "action = 'created'",
  "table_name = 'LiteLLM_TeamTable'",
  "object_id = 'key-2'",
  "before_value = '{}'",
  'updated_values = null',
  'updated_values = \'{"blocked": true}\'',
  `hash = '${'a'.repeat(64)}'`,
  `previous_hash = '${'b'.repeat(64)}'`,
] as const

eachDatabase('verifying the audit log', makePlace => {
  async function opened(count = 6): Promise<Database> {
    const database = await makePlace().open()
    for (let i = 1; i <= count; i++) await database.audit.append([auditEntry({ changedAt: i * 1_000 })])
    return database
  }

  test('a chain that nobody touched is whole, an empty one too, and one longer than a page', async () => {
    const database = await opened(0)
    expect(await verifyChain(database.audit)).toMatchObject({ entries: 0, headSequence: 0 })
    await database.audit.append(Array.from({ length: 2_001 }, () => auditEntry()))
    const verdict = await verifyChain(database.audit)
    expect(verdict).toMatchObject({ entries: 2_001, headSequence: 2_001 })
    expect(verdict.broken).toBeUndefined()
    expect((await verifyChain(database.audit, verdict.headHash)).broken).toBeUndefined()
  })

  test('an altered entry is named, whichever of its fields it is', async () => {
    const database = await opened()
    const [, , third] = await stored(database)
    for (const alteration of ALTERATIONS) {
      await tamper(database, `update audit_log set ${alteration} where sequence = 3`)
      const { entries, broken } = await verifyChain(database.audit)
      expect([alteration, entries, broken?.sequence]).toEqual([alteration, 2, 3])
      expect(broken?.why).toContain('was altered')
      await connectionOf(database).run(kysely =>
        kysely.updateTable('audit_log').set(third!).where('sequence', '=', 3).execute(),
      )
      expect((await verifyChain(database.audit)).broken).toBeUndefined()
    }
  })

  test('an entry altered together with its hash is found at the next one', async () => {
    const database = await opened()
    const rows = await stored(database)
    const forged = decodeAuditEntry({ ...rows[2]!, changed_by: 'mallory' })
    const row = encodeAuditEntry({ ...forged, hash: hashOfEntry(forged) })
    await connectionOf(database).run(kysely =>
      kysely.updateTable('audit_log').set(row).where('sequence', '=', 3).execute(),
    )
    expect((await verifyChain(database.audit)).broken).toMatchObject({
      sequence: 4,
      id: rows[3]?.id,
      why: expect.stringContaining('does not follow'),
    })
  })

  test('the newest entry altered together with its hash is found by the head', async () => {
    const database = await opened()
    const forged = decodeAuditEntry({ ...(await stored(database))[5]!, changed_by: 'mallory' })
    const row = encodeAuditEntry({ ...forged, hash: hashOfEntry(forged) })
    await connectionOf(database).run(kysely =>
      kysely.updateTable('audit_log').set(row).where('sequence', '=', 6).execute(),
    )
    expect((await verifyChain(database.audit)).broken).toMatchObject({
      sequence: 6,
      why: expect.stringContaining('replaced'),
    })
  })

  test('a removed entry is missed: in the middle, at the beginning, at the end, all of them', async () => {
    for (const [where, sequence, why] of [
      ['sequence = 3', 4, 'entry 3 before it is missing'],
      ['sequence in (3, 4)', 5, 'entries 3 to 4 before it are missing'],
      ['sequence = 1', 2, 'entry 1 before it is missing'],
      ['sequence > 4', 5, 'the newest entries are missing: the chain has 6, the last one found is 4'],
      ['sequence > 0', 1, 'the newest entries are missing'],
    ] as const) {
      const database = await opened()
      await tamper(database, `delete from audit_log where ${where}`)
      const { broken } = await verifyChain(database.audit)
      expect([where, broken?.sequence, broken?.why]).toEqual([where, sequence, expect.stringContaining(why)])
    }
  })

  test('a gap that was closed by renumbering is found', async () => {
    const database = await opened()
    await tamper(
      database,
      'delete from audit_log where sequence = 3',
      'update audit_log set sequence = 3 where sequence = 4',
      'update audit_log set sequence = 4 where sequence = 5',
      'update audit_log set sequence = 5 where sequence = 6',
      'update audit_chain set head_sequence = 5',
    )
    expect((await verifyChain(database.audit)).broken).toMatchObject({ sequence: 3 })
  })

  test('reordered entries are found', async () => {
    const database = await opened()
    await tamper(
      database,
      'update audit_log set sequence = 99 where sequence = 2',
      'update audit_log set sequence = 2 where sequence = 3',
      'update audit_log set sequence = 3 where sequence = 99',
    )
    expect((await verifyChain(database.audit)).broken).toMatchObject({ sequence: 2 })
  })

  test('entries that no gateway appended are found: behind the end, before the beginning', async () => {
    for (const [sequence, why] of [
      [7, 'the chain ends at entry 6'],
      [0, 'before the beginning'],
    ] as const) {
      const database = await opened()
      const last = (await stored(database))[5]!
      const forged = decodeAuditEntry({ ...last, sequence, id: randomUUID(), previous_hash: last.hash })
      const row = encodeAuditEntry({ ...forged, hash: hashOfEntry(forged) })
      await connectionOf(database).run(kysely => kysely.insertInto('audit_log').values(row).execute())
      const { broken } = await verifyChain(database.audit)
      expect(broken).toMatchObject({ sequence, why: expect.stringContaining(why) })
    }
  })

  test('a head that was moved back with the entries behind it passes, unless a hash was kept elsewhere', async () => {
    const database = await opened()
    const { headHash } = await verifyChain(database.audit)
    const fourth = (await stored(database))[3]!
    await tamper(
      database,
      'delete from audit_log where sequence > 4',
      `update audit_chain set head_sequence = 4, head_hash = '${fourth.hash}'`,
    )
    expect((await verifyChain(database.audit)).broken).toBeUndefined()
    expect((await verifyChain(database.audit, fourth.hash)).broken).toBeUndefined()
    expect((await verifyChain(database.audit, headHash)).broken?.why).toContain(
      'no entry has the expected hash',
    )
  })

  test('a chain without its anchor is broken', async () => {
    const database = await opened()
    await tamper(database, 'delete from audit_chain')
    expect((await verifyChain(database.audit)).broken?.why).toContain('the chain ends at entry 0')
  })

  test('a cut by retention is whole; one by other hands is not, though the anchor was moved with it', async () => {
    const cut = await opened()
    const author = { id: randomUUID(), changedAt: 9_000, changedBy: 'sluice', changedByRole: 'system' }
    await cut.audit.cut(4_000, 100, author)
    expect(await verifyChain(cut.audit)).toEqual({
      ...{ entries: 4, startSequence: 3, headSequence: 7 },
      headHash: (await cut.audit.chain())?.headHash,
    })
    const rest = await stored(cut)
    expect((await verifyChain(cut.audit, rest[0]?.previous_hash)).broken).toBeUndefined()

    for (const database of [await opened(), cut]) {
      const fifth = (await stored(database)).find(({ sequence }) => sequence === 5)!
      await tamper(
        database,
        'delete from audit_log where sequence < 5',
        `update audit_chain set start_sequence = 4, start_hash = '${fifth.previous_hash}'`,
      )
      expect((await verifyChain(database.audit)).broken?.why).toContain('no entry says that retention did it')
    }
  })

  test('gateways may append and retention may cut while it is read', async () => {
    const place = makePlace()
    const [writer, reader] = [await place.open(), await place.open()]
    for (let i = 1; i <= 50; i++) await writer.audit.append([auditEntry({ changedAt: i })])
    let isWriting = true
    const writing = (async () => {
      for (let i = 51; i <= 150; i++) {
        await writer.audit.append([auditEntry({ changedAt: i })])
        if (i % 20 > 0) continue
        const author = { id: randomUUID(), changedAt: i, changedBy: 'sluice', changedByRole: 'system' }
        await writer.audit.cut(i - 30, 100, author)
      }
      isWriting = false
    })()
    let rounds = 0
    while (isWriting) {
      expect((await verifyChain(reader.audit)).broken).toBeUndefined()
      rounds++
    }
    await writing
    expect(rounds).toBeGreaterThan(0)
    expect((await verifyChain(reader.audit)).broken).toBeUndefined()
  })
})
