import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import { hashKey } from '../auth/hash.ts'
import type { Database, SpendFilter, SpendStore, SpendTotal } from '../db/database.ts'
import { customerReport, dailySummary, keyReport, spendRowToLitellm, teamReport } from '../spend/report.ts'
import { keyObject } from './key-json.ts'
import { type AccessServices, protectRoutes } from './protect-routes.ts'

export interface SpendServices extends AccessServices {
  readonly database: Pick<Database, 'spend' | 'keys' | 'accounts'>
}

const day = z.iso.date('must be a day such as 2026-11-21')
const name = z.string().min(1).max(1_000)

const LogsQuery = z.strictObject({
  api_key: name.optional(),
  user_id: name.optional(),
  request_id: name.optional(),
  start_date: day.optional(),
  end_date: day.optional(),
  summarize: z.stringbool().default(true),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1_000).default(100),
})

const ReportQuery = z.strictObject({
  start_date: day,
  end_date: day,
  group_by: z.enum(['team', 'customer', 'api_key']).default('team'),
  api_key: name.optional(),
  internal_user_id: name.optional(),
  team_id: name.optional(),
  customer_id: name.optional(),
})

const TopQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(100) })

const tags = ['Spend']
const DAY_MS = 86_400_000

/** `/spend/*` and `/global/spend/*`: a Fastify plugin, for the admin. Days are UTC. */
export async function registerSpendRoutes(app: FastifyInstance, services: SpendServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const { spend, keys } = services.database
    const routes = scope.withTypeProvider<ZodTypeProvider>()

    routes.get(
      '/spend/logs',
      { schema: { querystring: LogsQuery, tags, summary: 'Calls, newest first; with dates, sums by day' } },
      async (request, reply) => {
        const { query } = request
        const range = query.start_date === undefined ? undefined : rangeOf(query.start_date, query.end_date)
        if (range !== undefined && query.summarize && query.request_id === undefined) {
          const totals = await spend.totals('user', { ...range, ...idOf(query.user_id) })
          return dailySummary(ofKey(totals, hashOf(query.api_key)))
        }
        const { rows, total } = await spend.list(logsFilter(query))
        void reply.header('x-total-count', String(total))
        return rows.map(spendRowToLitellm)
      },
    )
    routes.get(
      '/global/spend/report',
      { schema: { querystring: ReportQuery, tags, summary: 'Spend by day and team, customer or key' } },
      ({ query }) => report(spend, query),
    )
    routes.get(
      '/spend/keys',
      { schema: { querystring: TopQuery, tags, summary: 'Keys by what they have spent' } },
      async ({ query }) => {
        const { rows } = await keys.list({ page: 1, size: query.limit, sortBy: 'spend', sortOrder: 'desc' })
        return rows.map(keyObject)
      },
    )
  })
}

async function report(spend: SpendStore, query: z.infer<typeof ReportQuery>) {
  const range = rangeOf(query.start_date, query.end_date)
  const { api_key: key, internal_user_id: user, team_id: team, customer_id: customer } = query
  if (key !== undefined || user !== undefined || query.group_by === 'api_key') {
    const totals = await spend.totals('user', { ...range, ...idOf(user) })
    return keyReport(ofKey(totals, hashOf(key)))
  }
  if (customer !== undefined && team !== undefined) {
    throw badRequest('team_id and customer_id cannot be combined. Send one of them.', 'customer_id')
  }
  if (customer !== undefined || query.group_by === 'customer') {
    return customerReport(await spend.totals('customer', { ...range, ...idOf(customer) }))
  }
  return teamReport(await spend.totals('team', { ...range, ...idOf(team) }))
}

function idOf(id: string | undefined) {
  return id === undefined ? {} : { id }
}

function ofKey(totals: readonly SpendTotal[], hash: string | undefined): readonly SpendTotal[] {
  return hash === undefined ? totals : totals.filter(row => row.apiKey === hash)
}

function logsFilter(query: z.infer<typeof LogsQuery>): SpendFilter {
  const { start_date: start, end_date: end } = query
  const apiKey = hashOf(query.api_key)
  return {
    page: query.page,
    size: query.size,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(query.user_id === undefined ? {} : { userId: query.user_id }),
    ...(query.request_id === undefined ? {} : { requestId: query.request_id }),
    ...(start === undefined ? {} : { from: Date.parse(start) }),
    ...(end === undefined ? {} : { to: Date.parse(end) + DAY_MS }),
  }
}

/** Both days count whole; without an end, today is it. */
function rangeOf(from: string, to: string = new Date().toISOString().slice(0, 10)) {
  if (to >= from) return { from, to }
  throw badRequest('end_date: must not lie before start_date.', 'end_date')
}

function hashOf(key: string | undefined): string | undefined {
  return key?.startsWith('sk-') ? hashKey(key) : key
}
