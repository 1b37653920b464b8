import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SpendSums } from '../../db/spend/reading/read-sums.ts'
import { usdFromNano } from '../../spend/money.ts'
import { rangeOf, unknownOf } from './ask/look-back.ts'
import { day, daysOf, fromMoment, hashOf, moment, name, today } from './ask/spend-fields.ts'
import type { SpendServices } from './spend-services.ts'

const MOST_TEAMS = 1_000
const MOST_CUSTOMERS = 1_000

const limit = z.coerce.number().int().min(1).max(1_000).default(100)
const dates = { start_date: day.optional(), end_date: day.optional() }
const DatesQuery = z.strictObject(dates)
const TopQuery = z.strictObject({ limit, ...dates })
const EndUsersBody = z.strictObject({
  api_key: name.nullish(),
  startTime: moment.nullish(),
  endTime: moment.nullish(),
})
const tags = ['Spend']

/** `/global/spend/keys`, `/models`, `/teams`, `/end_users`: who and what was dearest, the dearest first. */
export function registerGlobalTops(scope: FastifyInstance, services: SpendServices): void {
  const { reports } = services.database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/spend/keys',
    { schema: { querystring: TopQuery, tags, summary: 'The dearest keys' } },
    async ({ query }) => {
      const sums = await reports.sums({ subject: 'key', ...rangeOf(query), by: ['id'], top: query.limit })
      const known = await reports.keyNames(sums.map(({ id }) => id))
      return sums.map(each => ({
        api_key: each.id,
        key_alias: known.get(each.id)?.alias ?? null,
        key_name: known.get(each.id)?.name ?? null,
        total_spend: usdFromNano(each.spendNanoUsd),
        ...unknownOf(each),
      }))
    },
  )
  routes.get(
    '/global/spend/models',
    { schema: { querystring: TopQuery, tags, summary: 'The dearest models' } },
    async ({ query }) => {
      const sums = await reports.sums({ subject: 'model', ...rangeOf(query), by: ['id'], top: query.limit })
      return sums.map(each => ({
        model: each.id,
        total_spend: usdFromNano(each.spendNanoUsd),
        ...unknownOf(each),
      }))
    },
  )
  routes.post(
    '/global/spend/end_users',
    { schema: { body: EndUsersBody, tags, summary: 'The dearest customers' } },
    async ({ body }) => {
      const { api_key: key, startTime: start, endTime: end } = body ?? {}
      const days = start ? daysOf(dayOf(start), end ? dayOf(end) : undefined) : rangeOf({})
      const sums = await reports.sums({
        ...{ subject: 'customer', ...days, by: ['id'], exceptIds: [''], top: MOST_CUSTOMERS },
        ...(key && { apiKeys: [hashOf(key)] }),
      })
      return sums.map(each => ({
        end_user: each.id,
        total_count: each.requests,
        total_spend: usdFromNano(each.spendNanoUsd),
        ...unknownOf(each),
      }))
    },
  )
  registerTeams(scope, services)
}

function registerTeams(scope: FastifyInstance, { database }: SpendServices): void {
  const { reports, accounts } = database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/global/spend/teams',
    { schema: { querystring: DatesQuery, tags, summary: 'Spend by team, and by team and day' } },
    async ({ query }) => {
      const range = rangeOf(query)
      const totals = await reports.sums({ subject: 'team', ...range, by: ['id'], top: MOST_TEAMS })
      const ids = totals.map(({ id }) => id)
      const rows = await accounts.findMany(ids.filter(id => id !== '').map(id => ({ kind: 'team', id })))
      const aliases = new Map(rows.map(({ id, alias }) => [id, alias ?? id]))
      const nameOf = (id: string) => (id === '' ? 'Unassigned' : (aliases.get(id) ?? id))
      return teamsAnswer(
        totals,
        await reports.sums({ subject: 'team', ...range, ids, by: ['day', 'id'] }),
        nameOf,
      )
    },
  )
}

function dayOf(text: string): string {
  return today(fromMoment(text))
}

function teamsAnswer(
  totals: readonly SpendSums[],
  daily: readonly SpendSums[],
  nameOf: (id: string) => string,
) {
  const days = Map.groupBy(daily, ({ day }) => day)
  return {
    daily_spend: [...days].map(([date, sums]) => ({
      date,
      ...Object.fromEntries(sums.map(each => [nameOf(each.id), usdFromNano(each.spendNanoUsd)])),
    })),
    teams: totals.map(({ id }) => nameOf(id)),
    total_spend_per_team: totals.map(each => ({
      team_id: nameOf(each.id),
      total_spend: usdFromNano(each.spendNanoUsd),
      ...unknownOf(each),
    })),
  }
}
