import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usdFromNano } from '../../spend/money.ts'
import { tagReport } from '../../spend/report.ts'
import { keyObject } from '../keys/key-json.ts'
import { day, daysOf, lastDays, name } from './ask/spend-fields.ts'
import { narrowed, visibleTo } from './ask/visible.ts'
import type { SpendServices } from './spend-services.ts'

const limit = z.coerce.number().int().min(1).max(1_000).default(100)
const KeysQuery = z.strictObject({ limit })
const UsersQuery = z.strictObject({ limit, user_id: name.optional() })
const TagsQuery = z.strictObject({ start_date: day.optional(), end_date: day.optional() })
const tags = ['Spend']

/** `/spend/keys`, `/spend/users`, `/spend/tags`: who has spent most. */
export function registerSpendLists(scope: FastifyInstance, services: SpendServices): void {
  const { keys, accounts, reports } = services.database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/spend/keys',
    { schema: { querystring: KeysQuery, tags, summary: 'Keys by what they have spent' } },
    async ({ query }) => {
      const { rows } = await keys.list({ page: 1, size: query.limit, sortBy: 'spend', sortOrder: 'desc' })
      return rows.map(keyObject)
    },
  )
  routes.get(
    '/spend/users',
    { schema: { querystring: UsersQuery, tags, summary: 'Users by what they have spent' } },
    async ({ query: { limit: size, user_id: id } }) => {
      const filter = { kind: 'user', page: 1, size, sortBy: 'spend', sortOrder: 'desc' } as const
      const { rows } = await accounts.list({ ...filter, ...(id !== undefined && { ids: [id] }) })
      return rows.map(row => ({
        user_id: row.id,
        user_alias: row.alias,
        user_email: row.email,
        user_role: row.role,
        spend: usdFromNano(row.spendNanoUsd),
        max_budget: row.maxBudgetNanoUsd === null ? null : usdFromNano(row.maxBudgetNanoUsd),
        models: row.models,
        metadata: row.metadata,
      }))
    },
  )
  routes.get(
    '/spend/tags',
    { schema: { querystring: TagsQuery, tags, summary: 'Tags by what was spent under them' } },
    async request => {
      const { start_date: start, end_date: end } = request.query
      const days = start === undefined ? lastDays(30) : daysOf(start, end)
      const visible = await visibleTo(request, services)
      return tagReport(await reports.sums(narrowed({ subject: 'tag', ...days, by: ['id'] }, visible)))
    },
  )
}
