import type { FastifyRequest } from 'fastify'
import { zonedCalendar } from 'sluice/internal'
import type { AccessGroupBook } from '../../auth/access-groups/access-group-book.ts'
import { otherNames } from '../../auth/access-groups/other-names.ts'
import type { OtherNames } from '../../auth/authorize-model.ts'
import type { Settings } from '../../config/settings.ts'
import type { AccountFilter } from '../../db/accounts/account-store.ts'
import type { AuditAction } from '../../db/audit/audit-entry.ts'
import type { AccountRow } from '../../db/rows.ts'
import { authorOf, callerOfRequest } from '../protect-routes.ts'
import type { AccountContext } from './account-fields.ts'
import type { AccountSubject } from './account-subject.ts'
import { AccountWriter, type WriterServices } from './account-writer.ts'
import { missing } from './missing.ts'

export interface AccountServices extends WriterServices {
  readonly settings: () => Settings
  readonly accessGroups: Pick<AccessGroupBook, 'of' | 'isComplete'>
}

/**
 * Everybody but keys, as the management keeps them. Every method asks the database and rejects with
 * `ServiceUnavailableError` while it is down; who may ask is for the routes to see to.
 */
export class AccountsOffice {
  readonly #services: AccountServices

  constructor(services: AccountServices) {
    this.#services = services
  }

  /** As the database has it now. Throws `NotFoundError`. */
  async find(subject: AccountSubject, id: string): Promise<AccountRow> {
    const row = await this.peek(subject, id)
    if (row === undefined) throw missing(subject, id)
    return row
  }

  /** As `find`; undefined when there is none. */
  async peek({ kind }: AccountSubject, id: string): Promise<AccountRow | undefined> {
    return await this.#services.database.accounts.find(kind, id)
  }

  /** Those that are there, in the order of `ids`. */
  async findMany({ kind }: AccountSubject, ids: readonly string[]): Promise<readonly AccountRow[]> {
    const rows = await this.#services.database.accounts.findMany([...new Set(ids)].map(id => ({ kind, id })))
    const byId = new Map(rows.map(row => [row.id, row]))
    return ids.flatMap(id => byId.get(id) ?? [])
  }

  async list({ kind }: AccountSubject, filter: Omit<AccountFilter, 'kind'>) {
    return await this.#services.database.accounts.list({ ...filter, kind })
  }

  /** The ids of a page, for whoever reads the rows a part at a time. */
  async listIds({ kind }: AccountSubject, filter: Omit<AccountFilter, 'kind'>): Promise<readonly string[]> {
    return await this.#services.database.accounts.listIds({ ...filter, kind })
  }

  async create(subject: AccountSubject, row: AccountRow, request: FastifyRequest): Promise<AccountRow> {
    return await this.write(request, writer => writer.create(subject, row))
  }

  async change(
    subject: AccountSubject,
    id: string,
    changesOf: (before: AccountRow) => Partial<AccountRow>,
    request: FastifyRequest,
    action?: AuditAction,
  ): Promise<AccountRow> {
    return await this.write(request, writer => writer.change(subject, id, changesOf, action))
  }

  async setBlocked(
    subject: AccountSubject,
    id: string,
    blocked: boolean,
    request: FastifyRequest,
  ): Promise<AccountRow> {
    return await this.change(subject, id, () => ({ blocked }), request, blocked ? 'blocked' : 'unblocked')
  }

  async remove(
    subject: AccountSubject,
    ids: readonly string[],
    request: FastifyRequest,
  ): Promise<readonly AccountRow[]> {
    return await this.write(request, writer => writer.remove(subject, ids))
  }

  /** Several changes as one: all are kept, or none. `work` awaits nothing but the writer and the database. */
  async write<T>(request: FastifyRequest, work: (writer: AccountWriter) => Promise<T>): Promise<T> {
    const writer = new AccountWriter(this.#services, request)
    const result = await this.#services.audit.together(() => work(writer))
    writer.tell()
    return result
  }

  /** What changes are made with: the time, the calendar of budgets, and who asks. */
  settings(): Settings {
    return this.#services.settings()
  }

  /** What lists of models may name, as this replica knows it. */
  modelNames(): OtherNames {
    const { settings, accessGroups } = this.#services
    return otherNames({ settings: settings(), accessGroups })
  }

  context(request: FastifyRequest): AccountContext {
    const { settings, now } = this.#services
    const isGateway = callerOfRequest(request).role === 'proxy_admin'
    return {
      now: now(),
      by: authorOf(request),
      isGateway,
      calendar: zonedCalendar(settings().limits.timezone),
    }
  }
}
