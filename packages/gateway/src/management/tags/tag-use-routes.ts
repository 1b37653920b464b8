import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { TagUse, TagUseQuery } from '../../db/spend/reading/read-tag-use.ts'
import type { SpendReports } from '../../db/spend/spend-reports.ts'
import { usdFromNano } from '../../spend/money.ts'
import type { TagServices } from './tag-routes.ts'
import { TagDaysQuery, TagUseFilter, TagUsersQuery } from './tag-schemas.ts'

const DAY_MS = 86_400_000
const PERIODS = 7
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const about = (summary: string) => ({ tags: ['Tags'], summary })
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** `/tag/summary`, `/tag/dau`, `/tag/wau`, `/tag/mau` and who the users were: what calls with tags did, and whose. */
export function addTagUse(scope: FastifyInstance, { database, now }: TagServices): void {
  const daysBefore = (days: number) => dayOf(now() - days * DAY_MS)
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  const { reports } = database
  routes.get(
    '/tag/summary',
    {
      schema: { querystring: TagDaysQuery, ...about('What calls with each tag did, 30 days unless stated') },
    },
    async ({ query }) => {
      const { start_date: from = daysBefore(30), end_date: to = daysBefore(0) } = query
      return { results: (await reports.tagUse({ from, to, ...whichTags(query) }, false)).map(summaryOf) }
    },
  )
  routes.get(
    '/tag/dau',
    { schema: { querystring: TagDaysQuery, ...about('Users of each tag by day, 7 days unless stated') } },
    async ({ query }) => {
      const { start_date: from = daysBefore(6), end_date: to = daysBefore(0) } = query
      const days = await reports.tagUse({ from, to, ...whichTags(query) }, true)
      return { results: days.map(({ tag, users, day }) => ({ tag, active_users: users, date: day })) }
    },
  )
  addPeriods(scope, reports, daysBefore)
  addUsers(scope, database, daysBefore)
}

type DaysBefore = (days: number) => string

function addPeriods(scope: FastifyInstance, reports: SpendReports, daysBefore: DaysBefore): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  for (const [path, days, name, summary] of [
    ['/tag/wau', 7, weekName, 'Users of each tag in the last 7 weeks'],
    ['/tag/mau', 30, monthName, 'Users of each tag in the last 7 times 30 days'],
  ] as const)
    routes.get(path, { schema: { querystring: TagUseFilter, ...about(summary) } }, async ({ query }) => {
      const results = []
      for (let period = 1; period <= PERIODS; period++) {
        const from = daysBefore((PERIODS - period + 1) * days - 1)
        const to = daysBefore((PERIODS - period) * days)
        const date = name(period, from)
        for (const { tag, users } of await reports.tagUse({ from, to, ...whichTags(query) }, false))
          results.push({ tag, active_users: users, date, period_start: from, period_end: to })
      }
      return { results }
    })
}

function addUsers(
  scope: FastifyInstance,
  { reports, accounts }: TagServices['database'],
  daysBefore: DaysBefore,
): void {
  scope.withTypeProvider<ZodTypeProvider>().get(
    '/tag/user-agent/per-user-analytics',
    {
      schema: {
        querystring: TagUsersQuery,
        ...about('Users by their calls with tags in the last 30 days'),
      },
    },
    async ({ query }) => {
      const { page, page_size: size } = query
      const asked = { from: daysBefore(29), to: daysBefore(0), ...whichTags(query) }
      const { users, total } = await reports.tagUsers(asked, { limit: size, offset: (page - 1) * size })
      const known = await accounts.findMany(users.map(({ userId }) => ({ kind: 'user', id: userId })))
      const emails = new Map(known.map(({ id, email }) => [id, email]))
      const results = users.map(({ userId, ...use }) => ({
        ...{ user_id: userId, user_email: emails.get(userId) ?? null, user_agent: use.tag },
        ...callsOf(use),
        spend: usdFromNano(use.spendNanoUsd),
      }))
      return { results, total_count: total, page, page_size: size, total_pages: Math.ceil(total / size) }
    },
  )
}

function whichTags(query: {
  readonly tag_filter?: string | undefined
  readonly tag_filters?: readonly string[] | undefined
}): Pick<TagUseQuery, 'tags' | 'contains'> {
  return { tags: query.tag_filters, contains: query.tag_filter }
}

function summaryOf(use: TagUse) {
  return {
    ...{ tag: use.tag, unique_users: use.users, unique_keys: use.keys },
    ...callsOf(use),
    total_spend: usdFromNano(use.spendNanoUsd),
    unknown_cost_requests: use.unknownCostRequests,
  }
}

function callsOf({
  requests,
  failedRequests,
  tokens,
}: Pick<TagUse, 'requests' | 'failedRequests' | 'tokens'>) {
  return {
    total_requests: requests,
    successful_requests: requests - failedRequests,
    failed_requests: failedRequests,
    total_tokens: tokens,
  }
}

/** LiteLLM's names of periods, the earliest first: `Week 1 (Jan 05)`. */
function weekName(number: number, from: string): string {
  return `Week ${number} (${monthOf(from)} ${from.slice(8)})`
}

function monthName(number: number, from: string): string {
  return `Month ${number} (${monthOf(from)})`
}

function monthOf(day: string): string {
  return MONTHS[Number(day.slice(5, 7)) - 1] ?? ''
}
