import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { PriceServices } from './price-services.ts'

const ScheduleQuery = z.strictObject({ hours: z.coerce.number().min(0.1).max(8_760) })
const tags = ['Spend']

/** The price file and its reloads: `/reload/model_cost_map`, its schedule, and where prices are from. */
export function registerPriceFileRoutes(scope: FastifyInstance, { prices, stages }: PriceServices): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/reload/model_cost_map',
    {
      schema: { tags, summary: 'Reads the price file now; a bad one is refused and the last good one stays' },
    },
    async () => {
      const { models, source } = await prices.reload()
      return {
        message: `Price data reloaded successfully! ${models} models updated.`,
        status: 'success',
        models_count: models,
        source,
        timestamp: new Date().toISOString(),
      }
    },
  )
  routes.get('/model/cost_map/source', { schema: { tags, summary: 'Where prices are from' } }, async () => {
    const { last, good } = prices.status
    return {
      source: good ? (good.source.startsWith('http') ? 'remote' : 'local') : 'bundled',
      url: good?.source ?? null,
      is_env_forced: false,
      fallback_reason: last && !last.ok ? last.reason : null,
      model_count: stages().catalogue.models().length,
    }
  })
  registerSchedule(scope, prices)
}

function registerSchedule(scope: FastifyInstance, prices: PriceServices['prices']): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/schedule/model_cost_map_reload',
    { schema: { querystring: ScheduleQuery, tags, summary: 'Reads the price file again and again' } },
    async ({ query: { hours } }) => {
      await prices.schedule(hours)
      return {
        message: `Price data is reloaded every ${hours} hours.`,
        status: 'success',
        interval_hours: hours,
      }
    },
  )
  routes.delete(
    '/schedule/model_cost_map_reload',
    { schema: { tags, summary: 'Ends the schedule' } },
    async () => {
      await prices.schedule(undefined)
      return { message: 'Price data is no longer reloaded by itself.', status: 'success' }
    },
  )
  routes.get(
    '/schedule/model_cost_map_reload/status',
    { schema: { tags, summary: 'The schedule, and how the last reload went' } },
    async () => {
      const { everyHours, nextAt, last } = prices.status
      return {
        scheduled: everyHours !== undefined,
        interval_hours: everyHours ?? null,
        last_run: last ? new Date(last.at).toISOString() : null,
        next_run: nextAt === undefined ? null : new Date(Math.max(nextAt, Date.now())).toISOString(),
        last_problem: last && !last.ok ? last.reason : null,
      }
    },
  )
}
