import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { SpendSubject } from '../../db/database.ts'
import type { SpendDimension, SpendSums } from '../../db/spend/read-sums.ts'
import { customerReport, keyReport, subjectReport, teamReport } from '../../spend/report.ts'
import { readDays, SUM_COLUMNS, sumCells } from './answer/read-days.ts'
import { sendCsv, sendJson, wantsCsv } from './answer/send-list.ts'
import { DAY_MS, type Days, day, daysOf, format, hashOf, name } from './ask/spend-fields.ts'
import { narrowed, type Visible, visibleTo } from './ask/visible.ts'
import type { SpendServices } from './spend-services.ts'

const ReportQuery = z.strictObject({
  start_date: day,
  end_date: day,
  group_by: z
    .enum(['team', 'customer', 'api_key', 'user', 'tag', 'organization', 'model', 'project', 'agent'])
    .default('team'),
  api_key: name.optional(),
  internal_user_id: name.optional(),
  team_id: name.optional(),
  customer_id: name.optional(),
  format,
})
type Report = z.infer<typeof ReportQuery>

/** Whose sums a report reads, and how it is laid out. */
interface Plan {
  readonly subject: SpendSubject
  readonly ids?: readonly string[]
  readonly apiKeys?: readonly string[]
  readonly layout: 'days' | 'keys'
}

/** `GET /global/spend/report`: LiteLLM's shapes, streamed a day at a time; as CSV, a line per day, subject, key and model. */
export function registerReportRoute(scope: FastifyInstance, services: SpendServices): void {
  const { reports, accounts } = services.database
  scope.withTypeProvider<ZodTypeProvider>().get(
    '/global/spend/report',
    {
      schema: {
        querystring: ReportQuery,
        tags: ['Spend'],
        summary: 'Spend by day and team, customer, key, user, tag, organization or model; also as CSV',
      },
    },
    async (request, reply) => {
      const { query } = request
      const days = daysOf(query.start_date, query.end_date)
      const visible = await visibleTo(request, services)
      const { team_id: team, customer_id: customer } = query
      if (team !== undefined && customer !== undefined)
        return await sendJson(reply, crossedDays(services, { team, customer, days, visible }))
      const plan = planOf(query)
      const { subject, ids, apiKeys } = plan
      const asked = { subject, ...(ids && { ids }), ...(apiKeys && { apiKeys }) }
      if (wantsCsv(request, query.format)) {
        const by: SpendDimension[] = ['day', 'id', 'apiKey', 'model', 'modelGroup', 'provider', 'endpoint']
        const head = [
          'day',
          subject,
          'api_key',
          'model',
          'model_group',
          'provider',
          'endpoint',
          ...SUM_COLUMNS,
        ]
        const file = `spend-by-${subject}-${days.from}-${days.to}`
        const lines = readDays(reports, { ...asked, by }, days, visible)
        return await sendCsv(reply, file, head, eachLine(lines, by))
      }
      if (plan.layout === 'keys')
        return keyReport(
          await reports.sums(narrowed({ ...asked, ...days, by: ['apiKey', 'model'] }, visible)),
        )
      const daily = readDays(reports, { ...asked, by: ['id', 'apiKey', 'model'] }, days, visible)
      return await sendJson(reply, eachReport(daily, subject, accounts))
    },
  )
}

function planOf(query: Report): Plan {
  const { api_key: key, internal_user_id: user, team_id: team, customer_id: customer, group_by: by } = query
  const apiKeys = key === undefined ? {} : { apiKeys: [hashOf(key)] }
  if (user !== undefined) return { subject: 'user', ids: [user], layout: 'keys', ...apiKeys }
  if (key !== undefined || by === 'api_key') return { subject: 'key', layout: 'keys', ...apiKeys }
  if (customer !== undefined) return { subject: 'customer', ids: [customer], layout: 'days' }
  return { subject: by, ...(team !== undefined && by === 'team' && { ids: [team] }), layout: 'days' }
}

async function* eachLine(days: AsyncIterable<readonly SpendSums[]>, by: readonly SpendDimension[]) {
  for await (const sums of days) for (const each of sums) yield sumCells(each, by)
}

async function* eachReport(
  days: AsyncIterable<readonly SpendSums[]>,
  subject: SpendSubject,
  accounts: Pick<AccountStore, 'findMany'>,
): AsyncGenerator<unknown> {
  const aliases = new Map<string, string>()
  for await (const sums of days) {
    if (subject === 'team') {
      await learnAliases(aliases, sums, accounts)
      yield* teamReport(sums, id => aliases.get(id) ?? id)
    } else if (subject === 'customer') yield* customerReport(sums)
    else yield* subjectReport(sums, subject)
  }
}

async function learnAliases(
  aliases: Map<string, string>,
  sums: readonly SpendSums[],
  accounts: Pick<AccountStore, 'findMany'>,
): Promise<void> {
  const unknown = [...new Set(sums.map(({ id }) => id))].filter(id => id !== '' && !aliases.has(id))
  const rows = await accounts.findMany(unknown.map(id => ({ kind: 'team', id })))
  for (const { id, alias } of rows) aliases.set(id, alias ?? id)
}

async function* crossedDays(
  { database }: SpendServices,
  asked: { team: string; customer: string; days: Days; visible: Visible },
): AsyncGenerator<unknown> {
  const { team, customer, days, visible } = asked
  if (visible !== undefined && !visible.teamIds.includes(team)) return
  const from = Date.parse(days.from)
  const sums = await database.reports.crossed({
    ...{ teamId: team, endUser: customer, from, to: Date.parse(days.to) + DAY_MS },
  })
  const aliases = new Map<string, string>()
  await learnAliases(aliases, [{ id: team } as SpendSums], database.accounts)
  for (const report of customerReport(sums))
    yield { ...report, team_id: team, team_name: aliases.get(team) ?? team }
}
