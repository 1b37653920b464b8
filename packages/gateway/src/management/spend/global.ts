import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usdFromNano } from '../../spend/money.ts'
import { dailySpend } from '../../spend/report.ts'
import { rangeOf, unknownOf } from './ask/look-back.ts'
import { day, hashOf, name, names } from './ask/spend-fields.ts'
import type { SpendServices } from './spend-services.ts'

const dates = { start_date: day.optional(), end_date: day.optional() }
const DatesQuery = z.strictObject(dates)
const KeyQuery = z.strictObject({ api_key: name.optional(), ...dates })
const TagsQuery = z.strictObject({ ...dates, tags: names.optional() })

const tags = ['Spend']

/** `/global/spend` and the lists below it: all replicas, everybody, from the daily sums. */
export function registerGlobalSpend(scope: FastifyInstance, services: SpendServices): void {
  const { reports } = services.database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/spend',
    { schema: { querystring: z.strictObject({}), tags, summary: 'What the whole proxy has spent' } },
    async () => {
      const { globalBudgetNanoUsd: most } = services.settings().limits
      const [all] = await reports.sums({ subject: 'key', from: '0000-01-01', to: '9999-12-31', by: [] })
      return {
        spend: usdFromNano(all?.spendNanoUsd ?? 0),
        max_budget: most === undefined ? null : usdFromNano(most),
        ...unknownOf(all),
      }
    },
  )
  routes.get(
    '/global/spend/logs',
    { schema: { querystring: KeyQuery, tags, summary: 'Spend by day' } },
    async ({ query }) => {
      const keys = query.api_key === undefined ? {} : { apiKeys: [hashOf(query.api_key)] }
      return dailySpend(await reports.sums({ subject: 'key', ...rangeOf(query), ...keys, by: ['day'] }))
    },
  )
  routes.get(
    '/global/spend/provider',
    { schema: { querystring: DatesQuery, tags, summary: 'Spend by provider' } },
    async ({ query }) => {
      const sums = await reports.sums({ subject: 'key', ...rangeOf(query), by: ['provider'], top: 1_000 })
      return sums.map(each => ({
        provider: each.provider === '' ? 'Unassigned' : each.provider,
        spend: usdFromNano(each.spendNanoUsd),
        ...unknownOf(each),
      }))
    },
  )
  routes.post(
    '/global/spend/refresh',
    { schema: { tags, summary: 'There is nothing to refresh: sums are written with the calls' } },
    async () => ({
      message: 'Reports are read from sums that are written with every call.',
      status: 'success',
    }),
  )
  registerTags(scope, services)
}

function registerTags(scope: FastifyInstance, { database: { reports } }: SpendServices): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/spend/tags',
    { schema: { querystring: TagsQuery, tags, summary: 'Spend by tag' } },
    async ({ query }) => {
      const ids = query.tags?.filter(tag => tag !== '' && tag !== 'all-tags')
      const named = ids?.length ? { ids } : {}
      const sums = await reports.sums({ subject: 'tag', ...rangeOf(query), ...named, by: ['id'], top: 1_000 })
      const spend = sums.map(each => ({
        name: each.id,
        spend: usdFromNano(each.spendNanoUsd),
        log_count: each.requests,
        ...unknownOf(each),
      }))
      return { spend_per_tag: spend }
    },
  )
  routes.get(
    '/global/spend/all_tag_names',
    { schema: { querystring: DatesQuery, tags, summary: 'Tags that calls had' } },
    async ({ query }) => {
      const sums = await reports.sums({ subject: 'tag', ...rangeOf(query), by: ['id'], top: 5_000 })
      return { tag_names: sums.map(({ id }) => id) }
    },
  )
}
