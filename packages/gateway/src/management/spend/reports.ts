import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { SpendSubject } from '../../db/database.ts'
import type { SpendDimension, SpendSums, SpendSumsQuery } from '../../db/spend/reading/read-sums.ts'
import { dayReport } from '../../spend/day-report.ts'
import { customerReport, keyReport } from '../../spend/report.ts'
import { allNames, isPaged, namesOfPage, pages } from './answer/page-of.ts'
import { readDays, SUM_COLUMNS, sumCells } from './answer/read-days.ts'
import { sendCsv, sendJson, sendJsonText, wantsCsv } from './answer/send-list.ts'
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
  ...pages,
  format,
})
type Report = z.infer<typeof ReportQuery>

const UNASSIGNED_TEAM = 'Unassigned Team'
/** The sums that reports show. */
const SHOWN = ['spendNanoUsd', 'unknownCostRequests', 'promptTokens', 'completionTokens'] as const
/** Names of teams that one report remembers. */
const MOST_ALIASES = 10_000
/** Keys whose models are read at a time. */
const KEYS_AT_ONCE = 500

/** Whose sums a report reads, and how it is laid out. */
interface Plan {
  readonly subject: SpendSubject
  readonly ids?: readonly string[]
  readonly apiKeys?: readonly string[]
  readonly layout: 'days' | 'keys'
}

/**
 * `GET /global/spend/report`: LiteLLM's shapes, read and sent in slices; in pages of subjects or keys where asked so; as
 * CSV, a line per day, subject, key and model.
 */
export function registerReportRoute(scope: FastifyInstance, services: SpendServices): void {
  const { reports } = services.database
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
      const { layout, ...plan } = planOf(query)
      const isCsv = wantsCsv(request, query.format)
      // LiteLLM's report is of customers; its CSV has a line for calls of nobody too.
      const isOfNamed = plan.subject === 'customer' && (!isCsv || isPaged(query))
      const asked = narrowed({ ...plan, ...days, by: [], ...(isOfNamed && { exceptIds: [''] }) }, visible)
      const of = layout === 'keys' ? 'apiKey' : 'id'
      const names = isPaged(query) ? await namesOfPage(reports, asked, of, query, reply) : undefined
      const shown = names === undefined ? asked : { ...asked, [of === 'id' ? 'ids' : 'apiKeys']: names }
      if (isCsv) return await sendReportCsv(services, reply, shown, days)
      if (layout === 'days') return await sendJsonText(reply, dayText(services, shown, days))
      return await sendJson(reply, eachKey(services, asked, names ?? (await allNames(reports, asked, of))))
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

function sendReportCsv(
  { database: { reports } }: SpendServices,
  reply: FastifyReply,
  { from: _, to: __, ...asked }: SpendSumsQuery,
  days: Days,
): Promise<FastifyReply> {
  const by: SpendDimension[] = ['day', 'id', 'apiKey', 'model', 'modelGroup', 'provider', 'endpoint']
  const names = ['api_key', 'model', 'model_group', 'provider', 'endpoint']
  const head = ['day', asked.subject, ...names, ...SUM_COLUMNS]
  const file = `spend-by-${asked.subject}-${days.from}-${days.to}`
  const lines = readDays(reports, { ...asked, by: by.slice(1) }, days, undefined)
  return sendCsv(reply, file, head, inLines(lines, by))
}

async function* inLines(slices: AsyncIterable<readonly SpendSums[]>, by: readonly SpendDimension[]) {
  for await (const sums of slices) yield sums.map(each => sumCells(each, by))
}

function dayText(
  { database: { reports, accounts } }: SpendServices,
  { from: _, to: __, ...asked }: SpendSumsQuery,
  days: Days,
): AsyncGenerator<string> {
  const { subject } = asked
  const slices = readDays(reports, { ...asked, by: ['id', 'apiKey', 'model'], only: SHOWN }, days, undefined)
  if (subject !== 'team') return dayReport(slices, { list: `${subject}s`, nameOf: id => ({ [subject]: id }) })
  const aliases = new Map<string, string>()
  const named = async function* () {
    for await (const sums of slices) {
      if (aliases.size > MOST_ALIASES) aliases.clear()
      await learnAliases(aliases, sums, accounts)
      yield sums
    }
  }
  return dayReport(named(), {
    list: 'teams',
    nameOf: id => ({ team_name: id === '' ? UNASSIGNED_TEAM : (aliases.get(id) ?? id), team_id: id }),
  })
}

async function* eachKey(
  { database: { reports } }: SpendServices,
  asked: SpendSumsQuery,
  keys: readonly string[],
): AsyncGenerator<unknown> {
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const apiKeys = keys.slice(at, at + KEYS_AT_ONCE)
    yield* keyReport(await reports.sums({ ...asked, apiKeys, by: ['apiKey', 'model'], only: SHOWN }))
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
