import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SpendErrors } from '../../db/spend/reading/read-errors.ts'
import type { SpendSums } from '../../db/spend/reading/read-sums.ts'
import type { SpendReports } from '../../db/spend/spend-reports.ts'
import { DAY_MS, type Days, day, daysOf, name } from './ask/spend-fields.ts'
import type { SpendServices } from './spend-services.ts'

const ActivityQuery = z.strictObject({ start_date: day, end_date: day })
const ErrorsQuery = z.strictObject({ start_date: day, end_date: day, model_group: name.optional() })
const tags = ['Spend']
const TOP_MODELS = 10
const MOST_LINES = 5_000

/** `/global/activity` and the lists below it: calls, tokens, failures and cache hits by day. */
export function registerActivityRoutes(scope: FastifyInstance, { database }: SpendServices): void {
  const { reports } = database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/activity',
    { schema: { querystring: ActivityQuery, tags, summary: 'Calls and tokens by day' } },
    async ({ query }) => {
      const days = daysOf(query.start_date, query.end_date)
      return activityOf(await reports.sums({ subject: 'key', ...days, by: ['day'] }))
    },
  )
  routes.get(
    '/global/activity/model',
    {
      schema: {
        querystring: ActivityQuery,
        tags,
        summary: 'Calls and tokens by day of the models used most',
      },
    },
    async ({ query }) => {
      const days = daysOf(query.start_date, query.end_date)
      const sums = await reports.sums({ subject: 'key', ...days, by: ['day', 'modelGroup'] })
      return [...Map.groupBy(sums, each => each.modelGroup)]
        .map(([model, own]) => ({ model, ...activityOf(own) }))
        .sort((a, b) => b.sum_api_requests - a.sum_api_requests)
        .slice(0, TOP_MODELS)
    },
  )
  routes.get(
    '/global/activity/cache_hits',
    { schema: { querystring: ActivityQuery, tags, summary: 'Answers from the cache' } },
    async ({ query }) => {
      const days = daysOf(query.start_date, query.end_date)
      const by = ['apiKey', 'endpoint', 'model'] as const
      const sums = await reports.sums({ subject: 'key', ...days, by, top: MOST_LINES })
      return sums.map(each => ({
        api_key: each.apiKey,
        call_type: each.endpoint,
        model: each.model,
        total_rows: each.requests,
        cache_hit_true_rows: each.cacheHits,
        generated_completion_tokens: each.completionTokens,
      }))
    },
  )
  registerErrors(scope, reports)
}

function registerErrors(scope: FastifyInstance, reports: SpendReports): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/activity/exceptions',
    { schema: { querystring: ErrorsQuery, tags, summary: 'Failed calls by day, rate limits apart' } },
    async ({ query }) => {
      const errors = await reports.errors({
        ...timeOf(query),
        by: 'model_group',
        modelGroup: query.model_group,
      })
      return errorsOf(errors)
    },
  )
  routes.get(
    '/global/activity/exceptions/deployment',
    { schema: { querystring: ErrorsQuery, tags, summary: 'Failed calls by day and address' } },
    async ({ query }) => {
      const errors = await reports.errors({ ...timeOf(query), by: 'api_base', modelGroup: query.model_group })
      return [...Map.groupBy(errors, each => each.name)]
        .map(([base, own]) => ({ api_base: base, ...errorsOf(own) }))
        .sort((a, b) => b.sum_num_exceptions - a.sum_num_exceptions)
    },
  )
}

function activityOf(sums: readonly SpendSums[]) {
  const tokensOf = (each: SpendSums) => each.promptTokens + each.completionTokens
  return {
    daily_data: [...Map.groupBy(sums, each => each.day)].map(([date, own]) => ({
      date: shortDay(date),
      api_requests: own.reduce((sum, each) => sum + each.requests, 0),
      total_tokens: own.reduce((sum, each) => sum + tokensOf(each), 0),
    })),
    sum_api_requests: sums.reduce((sum, each) => sum + each.requests, 0),
    sum_total_tokens: sums.reduce((sum, each) => sum + tokensOf(each), 0),
  }
}

function errorsOf(errors: readonly SpendErrors[]) {
  return {
    daily_data: [...Map.groupBy(errors, each => each.day)].map(([date, own]) => ({
      date: shortDay(new Date(date * DAY_MS).toISOString()),
      num_rate_limit_exceptions: own.reduce((sum, each) => sum + each.rateLimits, 0),
      num_exceptions: own.reduce((sum, each) => sum + each.errors, 0),
    })),
    sum_num_rate_limit_exceptions: errors.reduce((sum, each) => sum + each.rateLimits, 0),
    sum_num_exceptions: errors.reduce((sum, each) => sum + each.errors, 0),
  }
}

const monthAndDay = new Intl.DateTimeFormat('en-US', { month: 'short', day: '2-digit', timeZone: 'UTC' })

/** `Jan 22`, as LiteLLM writes days here. */
function shortDay(date: string): string {
  return monthAndDay.format(new Date(date))
}

function timeOf(query: z.infer<typeof ErrorsQuery>): { from: number; to: number } {
  const { from, to }: Days = daysOf(query.start_date, query.end_date)
  return { from: Date.parse(from), to: Date.parse(to) + DAY_MS }
}
