import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import type { SpendTrace, TraceCursor } from '../../db/spend/reading/read-traces.ts'
import { usdFromNano } from '../../spend/money.ts'
import { DAY_MS, fromMoment, hashOf, moment, name, toMoment } from './ask/spend-fields.ts'
import { visibleTo } from './ask/visible.ts'
import type { SpendServices } from './spend-services.ts'

/** Traces are added up from the calls themselves, so their time is bounded. */
const MOST_DAYS = 31

const TracesQuery = z.strictObject({
  group_by: z.enum(['session', 'trace']).default('session'),
  start_date: moment.optional(),
  end_date: moment.optional(),
  api_key: name.optional(),
  user_id: name.optional(),
  team_id: name.optional(),
  end_user: name.optional(),
  model: name.optional(),
  tag: name.optional(),
  trace_id: name.optional(),
  page_size: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2_000).optional(),
})

/** `GET /spend/traces`: what the calls of a session or a trace cost together, agents' loops and failures included. */
export function registerTraceRoute(scope: FastifyInstance, services: SpendServices): void {
  scope.withTypeProvider<ZodTypeProvider>().get(
    '/spend/traces',
    {
      schema: {
        querystring: TracesQuery,
        tags: ['Spend'],
        summary: 'What calls that share a session or trace cost together, and each that succeeded',
      },
    },
    async request => {
      const { query } = request
      const scopeOfRows = await visibleTo(request, services)
      const page = await services.database.reports.traces({
        ...timeOf(query.start_date, query.end_date),
        by: query.group_by,
        scope: scopeOfRows,
        apiKey: hashOf(query.api_key),
        userId: query.user_id,
        teamId: query.team_id,
        endUser: query.end_user,
        model: query.model,
        tag: query.tag,
        traceId: query.trace_id,
        size: query.page_size,
        after: readCursor(query.cursor),
      })
      const { all } = page
      return {
        data: page.traces.map(traceJson),
        next_cursor: page.next ? writeCursor(page.next) : null,
        metadata: {
          total_traces: all.traces,
          successful_traces: all.successful,
          total_calls: all.calls,
          unknown_cost_requests: all.unknownCostCalls,
          total_spend: usdFromNano(all.spendNanoUsd),
          successful_spend: usdFromNano(all.successfulNanoUsd),
          cost_per_trace: perEach(all.spendNanoUsd, all.traces),
          // Failed traces were paid for to get the ones that succeeded.
          cost_per_successful_trace: perEach(all.spendNanoUsd, all.successful),
        },
      }
    },
  )
}

function traceJson(trace: SpendTrace) {
  return {
    session_id: trace.id,
    start_time: new Date(trace.startTime).toISOString(),
    end_time: new Date(trace.endTime).toISOString(),
    calls: trace.calls,
    failed_calls: trace.failedCalls,
    status: trace.isSuccess ? 'success' : 'failure',
    total_tokens: trace.totalTokens,
    spend: usdFromNano(trace.spendNanoUsd),
    unknown_cost_requests: trace.unknownCostCalls,
  }
}

/** Dollars, to the nearest nano-dollar; null when there is nothing to divide by. */
function perEach(nanoUsd: number, count: number): number | null {
  return count === 0 ? null : usdFromNano(Math.round(nanoUsd / count))
}

function timeOf(start: string | undefined, end: string | undefined): { from: number; to: number } {
  const to = toMoment(end) ?? Date.now() + 1
  const from = fromMoment(start) ?? to - DAY_MS
  if (to - from > MOST_DAYS * DAY_MS || to < from)
    throw badRequest(`start_date: must lie at most ${MOST_DAYS} days before end_date.`, 'start_date')
  return { from, to }
}

function readCursor(cursor: string | undefined): TraceCursor | undefined {
  if (cursor === undefined) return undefined
  const [, time, id] = /^(\d{1,16})\.(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time !== undefined && id !== undefined) return { startTime: Number(time), id }
  throw badRequest(
    'cursor: is not one that a page gave. Send the `next_cursor` of the page before.',
    'cursor',
  )
}

function writeCursor({ startTime, id }: TraceCursor): string {
  return Buffer.from(`${startTime}.${id}`).toString('base64url')
}
