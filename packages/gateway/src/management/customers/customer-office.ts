import type { FastifyRequest } from 'fastify'
import { createError, type RouteTable } from 'sluice/internal'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges, newAccount } from '../accounts/account-fields.ts'
import { type AccountServices, AccountsOffice } from '../accounts/accounts-office.ts'
import { keptOf } from '../accounts/kept-fields.ts'
import { missing } from '../accounts/missing.ts'
import { CUSTOMERS } from './customer-json.ts'
import { type CustomerFields, KEPT_CUSTOMER_FIELDS } from './customer-schemas.ts'

export interface CustomerServices extends AccountServices {
  readonly database: Pick<Database, 'accounts' | 'keys'>
  readonly routes: () => Pick<RouteTable, 'groups'>
}

export interface ChangedCustomer {
  readonly row: AccountRow
  readonly warnings: readonly string[]
}

/** The rules of customers. One who has spent is there, whether somebody made them or not. */
export class CustomerOffice {
  readonly #accounts: AccountsOffice
  readonly #services: CustomerServices

  constructor(services: CustomerServices) {
    this.#services = services
    this.#accounts = new AccountsOffice(services)
  }

  /** Throws `BadRequestError` when there is one of that id. */
  async create(body: CustomerFields, request: FastifyRequest): Promise<ChangedCustomer> {
    await this.#adopt([body.user_id])
    const context = this.#accounts.context(request)
    const { changes, warnings } = this.#changes(body, undefined, context)
    const row = newAccount('customer', body.user_id, context, changes)
    await this.#accounts.create(CUSTOMERS, row, request)
    // As it is in force: with the limits of the budget it names.
    return { row: await this.#accounts.find(CUSTOMERS, row.id), warnings }
  }

  /** Throws `NotFoundError`. */
  async update(body: CustomerFields, request: FastifyRequest): Promise<ChangedCustomer> {
    await this.#adopt([body.user_id])
    const context = this.#accounts.context(request)
    let warnings: readonly string[] = []
    const row = await this.#accounts.change(
      CUSTOMERS,
      body.user_id,
      before => {
        const change = this.#changes(body, before, context)
        warnings = change.warnings
        return change.changes
      },
      request,
    )
    return { row, warnings }
  }

  /** One who is not there yet is made, so that a customer can be stopped before their first call. */
  async setBlocked(ids: readonly string[], blocked: boolean, request: FastifyRequest) {
    await this.#adopt(ids)
    const rows: AccountRow[] = []
    for (const id of new Set(ids)) {
      const before = await this.#accounts.peek(CUSTOMERS, id)
      if (before !== undefined) rows.push(await this.#accounts.setBlocked(CUSTOMERS, id, blocked, request))
      else if (blocked) {
        const row = newAccount('customer', id, this.#accounts.context(request), { blocked })
        rows.push(await this.#accounts.create(CUSTOMERS, row, request))
      } else throw missing(CUSTOMERS, id)
    }
    return rows
  }

  async remove(ids: readonly string[], request: FastifyRequest): Promise<readonly AccountRow[]> {
    await this.#adopt(ids)
    return await this.#accounts.remove(CUSTOMERS, ids, request)
  }

  /** Throws `NotFoundError`. */
  async find(id: string): Promise<AccountRow> {
    await this.#adopt([id])
    return await this.#accounts.find(CUSTOMERS, id)
  }

  async list(page: { readonly page: number; readonly size: number }): Promise<readonly AccountRow[]> {
    await this.#adopt()
    const { rows } = await this.#accounts.list(CUSTOMERS, page)
    return rows
  }

  async #adopt(ids?: readonly string[]): Promise<void> {
    const { database, now } = this.#services
    await database.accounts.adoptSpenders('customer', now(), ids)
  }

  #changes(body: CustomerFields, before: AccountRow | undefined, context: AccountContext) {
    const { alias, allowed_model_region: region, default_model: model, budget_reset_at: resetAt } = body
    if (model != null && !this.#services.routes().groups.has(model)) throw unknownModel(model)
    const kept = keptOf(body, KEPT_CUSTOMER_FIELDS)
    const details = {
      ...before?.details,
      ...(region !== undefined && { allowed_model_region: region }),
      ...(model !== undefined && { default_model: model }),
    }
    const common = accountChanges(body, before, context)
    const hasKept = Object.keys(kept.fields).length > 0
    const changes: Partial<AccountRow> = {
      ...common,
      ...(hasKept && { metadata: { ...(common.metadata ?? before?.metadata), ...kept.fields } }),
      ...(alias !== undefined && { alias }),
      ...(resetAt !== undefined && { budgetResetAt: resetAt === null ? null : Date.parse(resetAt) }),
      details,
    }
    return { changes, warnings: kept.warnings }
  }
}

function unknownModel(model: string) {
  return createError({
    kind: 'bad_request',
    status: 422,
    param: 'default_model',
    message: `default_model: there is no model ${model}. /v1/models names those there are.`,
  })
}
