import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { badRequest, createError, zonedCalendar } from 'sluice/internal'
import type { AccountCache } from '../../auth/account-cache.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Settings } from '../../config/settings.ts'
import { NO_LIMITS } from '../../db/blank-rows.ts'
import type { Database } from '../../db/database.ts'
import type { BudgetRow } from '../../db/rows.ts'
import type { EndUserBudget } from '../../limits/subjects/end-user-budget.ts'
import type { Audit } from '../audit/audit-log.ts'
import { limitChanges } from '../limit-fields.ts'
import { authorOf } from '../protect-routes.ts'
import { budgetObject } from './budget-json.ts'
import type { BudgetBody } from './budget-schemas.ts'

export interface BudgetOfficeServices {
  readonly settings: () => Settings
  readonly database: Pick<Database, 'budgets'>
  readonly audit: Audit
  readonly keys: Pick<KeyCache, 'sync'>
  readonly accounts: Pick<AccountCache, 'sync'>
  readonly endUserBudget: Pick<EndUserBudget, 'sync'>
  readonly now: () => number
}

const TABLE = 'LiteLLM_BudgetTable'

/** The rules of budgets that others name. A change holds here when it is answered, elsewhere within a second. */
export class BudgetOffice {
  readonly #services: BudgetOfficeServices

  constructor(services: BudgetOfficeServices) {
    this.#services = services
  }

  /** Throws `ConflictError` when the id is taken. */
  async create(body: BudgetBody, request: FastifyRequest): Promise<BudgetRow> {
    const { audit, database, now } = this.#services
    const by = authorOf(request)
    const time = now()
    const row: BudgetRow = {
      ...NO_LIMITS,
      models: [],
      ...this.#changes(body, undefined),
      budgetId: body.budget_id ?? randomUUID(),
      createdAt: time,
      createdBy: by,
      updatedAt: time,
      updatedBy: by,
      deletedAt: null,
    }
    if ((await database.budgets.find(row.budgetId)) !== undefined) throw taken(row.budgetId)
    await audit.together(async () => {
      await database.budgets.create(row)
      const change = { action: 'created', table: TABLE, objectId: row.budgetId } as const
      await audit.record({ ...change, after: budgetObject(row), request })
    })
    await this.#services.endUserBudget.sync()
    return row
  }

  /** Throws `NotFoundError`. */
  async update(body: BudgetBody & { budget_id: string }, request: FastifyRequest): Promise<BudgetRow> {
    const { audit, database, now } = this.#services
    const row = await audit.together(async () => {
      const before = await this.find(body.budget_id)
      const changes = { ...this.#changes(body, before), updatedAt: now(), updatedBy: authorOf(request) }
      const after = await database.budgets.update(before.budgetId, changes)
      if (after === undefined) throw unknownBudget(before.budgetId)
      const change = { action: 'updated', table: TABLE, objectId: before.budgetId } as const
      await audit.record({ ...change, before: budgetObject(before), after: budgetObject(after), request })
      return after
    })
    await this.#heldHere()
    return row
  }

  /** Throws `BadRequestError` while somebody names it: without it they would have no limit at all. */
  async remove(budgetId: string, request: FastifyRequest): Promise<BudgetRow> {
    const { audit, database, now, settings } = this.#services
    if (settings().limits.endUserBudgetId === budgetId)
      throw badRequest(
        `id: the configuration names ${budgetId} as max_end_user_budget_id, the limits of end users without their own. Name another there first.`,
        'id',
      )
    return await audit.together(async () => {
      const before = await this.find(budgetId)
      const { keys, accounts } = await database.budgets.holders(budgetId)
      if (keys + accounts > 0) throw inUse(budgetId, keys, accounts)
      await database.budgets.remove(budgetId, now(), authorOf(request))
      const change = { action: 'deleted', table: TABLE, objectId: budgetId } as const
      await audit.record({ ...change, before: budgetObject(before), request })
      return before
    })
  }

  /** Throws `NotFoundError`. */
  async find(budgetId: string): Promise<BudgetRow> {
    const row = await this.#services.database.budgets.find(budgetId)
    if (row === undefined) throw unknownBudget(budgetId)
    return row
  }

  async findMany(budgetIds: readonly string[]): Promise<readonly BudgetRow[]> {
    return await this.#services.database.budgets.findMany(budgetIds)
  }

  async list(page: { readonly page: number; readonly size: number }): Promise<readonly BudgetRow[]> {
    return await this.#services.database.budgets.list(page)
  }

  #changes(body: BudgetBody, before: BudgetRow | undefined): Partial<BudgetRow> {
    const { now, settings } = this.#services
    const context = { now: now(), calendar: zonedCalendar(settings().limits.timezone) }
    const { budget_reset_at: resetAt, allowed_models: models } = body
    return {
      ...limitChanges(body, before, context),
      ...(resetAt === undefined ? {} : { budgetResetAt: resetAt === null ? null : Date.parse(resetAt) }),
      ...(models === undefined ? {} : { models: models ?? [] }),
    }
  }

  /** The rows of holders changed with it. */
  async #heldHere(): Promise<void> {
    const { keys, accounts, endUserBudget } = this.#services
    await Promise.all([keys.sync(), accounts.sync(), endUserBudget.sync()])
  }
}

function unknownBudget(budgetId: string) {
  return createError({
    kind: 'not_found',
    param: 'budget_id',
    message: `There is no budget ${budgetId}. /budget/list names those there are.`,
  })
}

function taken(budgetId: string) {
  return createError({
    kind: 'conflict',
    retryable: false,
    param: 'budget_id',
    message: `budget_id: ${budgetId} is taken. Choose another, or change it with /budget/update.`,
  })
}

function inUse(budgetId: string, keys: number, accounts: number) {
  return badRequest(
    `id: ${budgetId} is the budget of ${keys} keys and ${accounts} others, who would be without a limit. ` +
      'Give them another budget first.',
    'id',
  )
}
