import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest, createError } from 'sluice/internal'
import { z } from 'zod'
import type { SpendCursor, SpendRowsFilter, SpendRowsQuery } from '../../db/spend/reading/read-rows.ts'
import { MOST_COUNTED } from '../../db/spend/reading/read-rows.ts'
import type { SpendDimension } from '../../db/spend/reading/read-sums.ts'
import { nanoFromUsd } from '../../spend/money.ts'
import { daySummary, spendRowToLitellm } from '../../spend/report.ts'
import { daysWithSpend } from './answer/read-days.ts'
import { eachRow, ROW_COLUMNS } from './answer/row-cells.ts'
import { sendCsv, sendJson, wantsCsv } from './answer/send-list.ts'
import {
  DAY_MS,
  daysOf,
  format,
  fromMoment,
  hashOf,
  moment,
  name,
  paging,
  toMoment,
} from './ask/spend-fields.ts'
import { narrowed, visibleTo } from './ask/visible.ts'
import type { SpendServices } from './spend-services.ts'

const filters = {
  api_key: name.optional(),
  key_alias: name.optional(),
  user_id: name.optional(),
  request_id: name.optional(),
  team_id: name.optional(),
  organization_id: name.optional(),
  end_user: name.optional(),
  model: name.optional(),
  model_id: name.optional(),
  model_group: name.optional(),
  session_id: name.optional(),
  trace_id: name.optional(),
  tag: name.optional(),
  status_filter: z.enum(['success', 'failure']).optional(),
  error_code: z.string().max(100).optional(),
  error_message: name.optional(),
  min_spend: z.coerce.number().min(0).optional(),
  max_spend: z.coerce.number().min(0).optional(),
  start_date: moment.optional(),
  end_date: moment.optional(),
  /** Where the page before this one ended, by its `next_cursor`. */
  cursor: z.string().max(1_000).optional(),
  format,
}

const sorting = {
  sort_by: z
    .enum(['startTime', 'endTime', 'spend', 'total_tokens', 'prompt_tokens', 'completion_tokens', 'model'])
    .default('startTime'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
}

const LogsQuery = z.strictObject({
  ...filters,
  summarize: z.stringbool().default(true),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1_000).default(100),
})
const PageQuery = z.strictObject({
  ...filters,
  ...sorting,
  ...paging,
  start_date: moment,
  end_date: moment,
})
const SessionQuery = z.strictObject({ ...filters, ...sorting, ...paging, session_id: name })
const OneQuery = z.strictObject({ start_date: moment.optional(), end_date: moment.optional() })

type Filters = z.infer<typeof SessionQuery> | z.infer<typeof LogsQuery> | z.infer<typeof PageQuery>

const tags = ['Spend']

/** `/spend/logs` and its pages: calls, newest first, by any of their columns; as JSON or CSV. */
export function registerLogRoutes(scope: FastifyInstance, services: SpendServices): void {
  const { reports } = services.database
  const routes = scope.withTypeProvider<ZodTypeProvider>()

  routes.get(
    '/spend/logs',
    { schema: { querystring: LogsQuery, tags, summary: 'Calls, newest first; with dates, sums by day' } },
    async (request, reply) => {
      const { query } = request
      if (wantsCsv(request, query.format)) return await sendRows(services, request, reply, query)
      if (query.start_date !== undefined && query.summarize && query.request_id === undefined)
        return await sendJson(reply, summary(services, request, query))
      const filter = await visibleFilter(services, request, query)
      const { page, size } = query
      const { rows, total, next } = await reports.rows({ ...filter, ...cursorOf(query), page, size })
      void reply.header('x-total-count', String(total))
      if (next) void reply.header('x-next-cursor', writeCursor(next))
      return rows.map(spendRowToLitellm)
    },
  )
  for (const path of ['/spend/logs/ui', '/spend/logs/v2'])
    routes.get(
      path,
      { schema: { querystring: PageQuery, tags, summary: 'A page of calls of a time' } },
      (request, reply) => sendPage(services, request, reply, request.query),
    )
  routes.get(
    '/spend/logs/session/ui',
    { schema: { querystring: SessionQuery, tags, summary: 'The calls of a session or trace' } },
    (request, reply) => {
      const { session_id: traceId, ...query } = request.query
      return sendPage(services, request, reply, { ...query, trace_id: query.trace_id ?? traceId })
    },
  )
  registerOneCall(scope, services)
}

function registerOneCall(scope: FastifyInstance, services: SpendServices): void {
  const { reports } = services.database
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/spend/logs/ui/:request_id',
    {
      schema: {
        params: z.strictObject({ request_id: name }),
        querystring: OneQuery,
        tags,
        summary: 'What one call asked and was answered, where that is kept',
      },
    },
    async request => {
      const { request_id: requestId } = request.params
      const filter = await visibleFilter(services, request, { ...request.query, request_id: requestId })
      const { rows } = await reports.rows({ ...filter, size: 1, count: false })
      const row = rows[0]
      if (row === undefined)
        throw createError({
          kind: 'not_found',
          message: `There is no call with the id ${requestId}, or it is not yours.`,
          param: 'request_id',
        })
      return { messages: row.messages, response: row.response, proxy_server_request: {} }
    },
  )
}

/** By what else sums of a day cannot be told apart. */
const OF_CALLS = [
  'key_alias',
  'team_id',
  'organization_id',
  'end_user',
  'model_id',
  'session_id',
  'trace_id',
] as const
const MORE_OF_CALLS = [
  'tag',
  'status_filter',
  'error_code',
  'error_message',
  'min_spend',
  'max_spend',
] as const

function refuseFilters(query: Partial<Filters>): void {
  const given = [...OF_CALLS, ...MORE_OF_CALLS].find(name => query[name] !== undefined)
  if (given === undefined) return
  throw badRequest(
    `${given}: sums by day know api_key, user_id and model alone. Send summarize=false to list the calls.`,
    given,
  )
}

async function* summary(services: SpendServices, request: FastifyRequest, query: z.infer<typeof LogsQuery>) {
  const { start_date: start = '', end_date: end, api_key: key, user_id: user, model } = query
  refuseFilters(query)
  const days = daysOf(start.slice(0, 10), end?.slice(0, 10))
  const visible = await visibleTo(request, services)
  const asked = {
    ...{ subject: 'user' as const, model },
    ...(user !== undefined && { ids: [user] }),
    ...(key !== undefined && { apiKeys: [hashOf(key)] }),
  }
  const { reports } = services.database
  for (const day of await daysWithSpend(reports, { ...asked, by: [] }, days, visible)) {
    // Sums of all users are those of all keys and of all models, which need no details.
    const isOfAll = user === undefined && visible === undefined
    const cut = (by: SpendDimension, subject: 'user' | 'key' | 'model') =>
      reports.sums(narrowed({ ...asked, ...(isOfAll && { subject }), from: day, to: day, by: [by] }, visible))
    const byUser = await cut('id', 'user')
    const byKey = await cut('apiKey', 'key')
    const byModel = await cut('model', 'model')
    if (byUser.length > 0) yield daySummary(day, { byUser, byKey, byModel })
  }
}

async function sendPage(
  services: SpendServices,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Omit<z.infer<typeof SessionQuery>, 'session_id'>,
) {
  if (wantsCsv(request, query.format)) return await sendRows(services, request, reply, query)
  const filter = await visibleFilter(services, request, query)
  const { page, page_size: size, sort_by: sortBy, sort_order: sortOrder } = query
  const asked: SpendRowsQuery = { ...filter, ...cursorOf(query), page, size, sortBy, sortOrder }
  const { rows, total, next } = await services.database.reports.rows(asked)
  return {
    data: rows.map(spendRowToLitellm),
    total,
    page,
    page_size: size,
    total_pages: Math.ceil(total / size),
    ...(total >= MOST_COUNTED && { total_is_capped: true }),
    next_cursor: next ? writeCursor(next) : null,
  }
}

async function sendRows(
  services: SpendServices,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Partial<Filters>,
): Promise<FastifyReply> {
  const filter = await visibleFilter(services, request, query)
  return await sendCsv(reply, 'spend-logs', ROW_COLUMNS, eachRow(services.database.reports, filter))
}

async function visibleFilter(
  services: SpendServices,
  request: FastifyRequest,
  query: Partial<Filters>,
): Promise<SpendRowsFilter> {
  const scope = await visibleTo(request, services)
  const { min_spend: least, max_spend: most, start_date: start, end_date: end } = query
  if (start !== undefined && end !== undefined && (toMoment(end) ?? 0) - (fromMoment(start) ?? 0) < 0)
    throw badRequest('end_date: must not lie before start_date.', 'end_date')
  return {
    scope,
    requestId: query.request_id,
    apiKey: hashOf(query.api_key),
    keyAlias: query.key_alias,
    userId: query.user_id,
    teamId: query.team_id,
    organizationId: query.organization_id,
    endUser: query.end_user,
    model: query.model ?? query.model_group,
    modelId: query.model_id,
    sessionId: query.session_id,
    traceId: query.trace_id,
    tag: query.tag,
    status: query.status_filter,
    errorCode: query.error_code,
    errorMessage: query.error_message,
    minNanoUsd: least === undefined ? undefined : nanoFromUsd(least, 'min_spend'),
    maxNanoUsd: most === undefined ? undefined : nanoFromUsd(most, 'max_spend'),
    from: fromMoment(start),
    to: toMoment(end) ?? (start === undefined ? undefined : Date.now() + DAY_MS),
  }
}

function cursorOf({ cursor }: { readonly cursor?: string | undefined }): { after?: SpendCursor } {
  if (cursor === undefined) return {}
  const [, time, requestId] = /^(\d{1,16})\.(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time !== undefined && requestId !== undefined) return { after: { startTime: Number(time), requestId } }
  throw badRequest(
    'cursor: is not one that a page gave. Send the `next_cursor` of the page before.',
    'cursor',
  )
}

function writeCursor({ startTime, requestId }: SpendCursor): string {
  return Buffer.from(`${startTime}.${requestId}`).toString('base64url')
}
