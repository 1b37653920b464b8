import type { FastifyRequest } from 'fastify'
import { badRequest, type SluiceError } from 'sluice/internal'
import type { AccountCache } from '../../auth/account-cache.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { AuditAction } from '../../db/audit/audit-entry.ts'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import type { MemoryLimiter } from '../../limits/memory-limiter.ts'
import type { Audit } from '../audit/audit-log.ts'
import { type KeysOf, removeKeysOf } from '../keys/remove-keys-of.ts'
import { authorOf } from '../protect-routes.ts'
import { endsSessions } from '../sign-in/session/ends-sessions.ts'
import { SESSION_TEAM } from '../sign-in/session/session-team.ts'
import type { AccountSubject } from './account-subject.ts'
import { missing } from './missing.ts'

export interface WriterServices {
  readonly database: Pick<Database, 'accounts' | 'keys'>
  readonly audit: Audit
  readonly accounts: Pick<AccountCache, 'absorb' | 'forgetAccount'>
  readonly keys: Pick<KeyCache, 'forget'>
  readonly limiter: Pick<MemoryLimiter, 'forget'>
  readonly now: () => number
}

/**
 * Changes of accounts and keys inside one transaction, each with its entry in the audit log. This replica's memory
 * hears of them by `tell`, once they are kept; other replicas by their next sync.
 */
export class AccountWriter {
  readonly #services: WriterServices
  readonly #request: FastifyRequest
  readonly #news: (() => void)[] = []

  constructor(services: WriterServices, request: FastifyRequest) {
    this.#services = services
    this.#request = request
  }

  /** Throws `BadRequestError` when the id is taken. */
  async create(subject: AccountSubject, row: AccountRow): Promise<AccountRow> {
    const { database, accounts } = this.#services
    try {
      await database.accounts.create(row)
    } catch (error) {
      throw (error as SluiceError).kind === 'conflict' ? taken(subject, row.id) : error
    }
    await this.#record(subject, 'created', undefined, row)
    this.#news.push(() => accounts.absorb(row))
    return row
  }

  /** `changesOf` sees the row as it is. Throws `NotFoundError`. */
  async change(
    subject: AccountSubject,
    id: string,
    changesOf: (before: AccountRow) => Partial<AccountRow>,
    action: AuditAction = 'updated',
  ): Promise<AccountRow> {
    const { database, accounts, now } = this.#services
    const before = await database.accounts.find(subject.kind, id)
    if (before === undefined) throw missing(subject, id)
    const authors = { updatedAt: now(), updatedBy: authorOf(this.#request) }
    const after = await database.accounts.update(subject.kind, id, { ...changesOf(before), ...authors })
    if (after === undefined) throw missing(subject, id)
    await this.#record(subject, action, before, after)
    this.#news.push(() => accounts.absorb(after))
    if (subject.kind === 'user' && endsSessions(before, after)) await this.endSessions(id)
    return after
  }

  /** Whoever is signed in as this user must do so again. */
  async endSessions(userId: string): Promise<void> {
    await this.removeKeys({ userId, teamId: SESSION_TEAM })
  }

  /** The rows that were there, as they were. Throws `NotFoundError` when one of them is not, and then removes none. */
  async remove(subject: AccountSubject, ids: readonly string[]): Promise<readonly AccountRow[]> {
    const { database, accounts, limiter, now } = this.#services
    const { kind } = subject
    const refs = [...new Set(ids)].map(id => ({ kind, id }))
    const rows = await database.accounts.remove(refs, now(), authorOf(this.#request))
    const there = new Set(rows.map(({ id }) => id))
    const lost = refs.find(({ id }) => !there.has(id))
    if (lost !== undefined) throw missing(subject, lost.id)
    for (const row of rows) await this.#record(subject, 'deleted', row, undefined)
    this.#news.push(() => {
      for (const ref of refs) {
        accounts.forgetAccount(ref)
        limiter.forget(kind, ref.id)
      }
    })
    return rows
  }

  /** Removes every key of somebody; the hashes of those there were. */
  async removeKeys(of: KeysOf): Promise<readonly string[]> {
    const { keys, limiter } = this.#services
    const hashes = await removeKeysOf(of, { request: this.#request }, this.#services)
    this.#news.push(() => {
      for (const hash of hashes) {
        keys.forget(hash)
        limiter.forget('key', hash)
      }
    })
    return hashes
  }

  /** Tells this replica's memory what was changed. */
  tell(): void {
    for (const each of this.#news.splice(0)) each()
  }

  async #record(
    { table, answer }: AccountSubject,
    action: AuditAction,
    before: AccountRow | undefined,
    after: AccountRow | undefined,
  ): Promise<void> {
    await this.#services.audit.record({
      ...{ action, table, objectId: (before ?? after)?.id ?? '', request: this.#request },
      before: before && answer(before),
      after: after && answer(after),
    })
  }
}

function taken({ noun, idField }: AccountSubject, id: string): SluiceError {
  return badRequest(
    `${noun} with ${idField}='${id}' already exists. Choose another ${idField}, or update this one.`,
    idField,
  )
}
