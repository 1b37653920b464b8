import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { createError } from 'sluice/internal'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import type { Database } from '../db/database.ts'
import type { CallReference, FeedbackRow, ScoredCall } from '../db/routing/feedback-store.ts'
import { BoundedMap } from '../limits/bounded-map.ts'
import { SlidingWindow } from '../limits/sliding-window.ts'
import type { RecentCalls } from '../spend/recent-calls.ts'
import { type AccessServices, callerOfRequest, protectRoutes } from './protect-routes.ts'

export interface FeedbackServices extends AccessServices {
  readonly database: Pick<Database, 'feedback' | 'accounts'>
  readonly recentCalls: Pick<RecentCalls, 'find'>
  readonly now: () => number
}

const name = z.string().min(1).max(512)

const FeedbackBody = z
  .strictObject({
    call_id: name.optional(),
    trace_id: name.optional(),
    session_id: name.optional(),
    score: z
      .number({ error: 'must be a number from 0 (bad) to 1 (good)' })
      .min(0, 'must be a number from 0 (bad) to 1 (good)')
      .max(1, 'must be a number from 0 (bad) to 1 (good)'),
    name: z.string().min(1).max(64).default('score'),
    comment: z.string().max(2_000).nullish(),
  })
  .refine(body => [body.call_id, body.trace_id, body.session_id].filter(Boolean).length === 1, {
    error: 'name what is scored by one of call_id, trace_id and session_id',
    path: ['call_id'],
  })

const ListQuery = z.strictObject({
  call_id: name.optional(),
  model_group: name.optional(),
  model_id: name.optional(),
  name: name.optional(),
  api_key: name.optional(),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** Calls of one trace or session that one score reaches: the newest. */
const MOST_CALLS = 100
/** Scores of one key in any 60 seconds. */
const MOST_PER_MINUTE = 600
/** Keys whose scores are counted; the least recently used starts anew. */
const MOST_KEYS = 10_000

const tags = ['Feedback']

type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** `/v1/feedback`: scores of calls, by the key that made them; all of them for the admin to read. */
export async function registerFeedbackRoutes(
  app: FastifyInstance,
  services: FeedbackServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const rates = new BoundedMap<SlidingWindow>({ most: MOST_KEYS })
    for (const path of ['/v1/feedback', '/feedback']) {
      addGiving(routes, path, rates, services)
      addReading(routes, path, services)
    }
  })
}

function addGiving(
  routes: Routes,
  path: string,
  rates: BoundedMap<SlidingWindow>,
  services: FeedbackServices,
): void {
  const summary = 'Score a call of your own, or those of a trace or session'
  routes.post(
    path,
    { config: { access: 'llm' }, schema: { body: FeedbackBody, tags, summary } },
    async request => {
      const { name: scored, score, comment = null } = request.body
      const caller = callerOfRequest(request)
      const now = services.now()
      takeTurn(rates, caller, now)
      const calls = await callsOf(referenceOf(request.body), caller, services)
      const apiKey = caller.record.keyHash
      await services.database.feedback.add(calls, { name: scored, score, comment, apiKey, now })
      return { object: 'feedback', name: scored, score, call_ids: calls.map(call => call.requestId) }
    },
  )
}

function addReading(routes: Routes, path: string, { database }: FeedbackServices): void {
  const summary = 'Scores, the newest first, by page'
  routes.get(path, { schema: { querystring: ListQuery, tags, summary } }, async ({ query }) => {
    const { page, size, call_id: requestId, model_group: modelGroup, model_id: modelId } = query
    const filter = { page, size, requestId, modelGroup, modelId, name: query.name, apiKey: query.api_key }
    const { rows, total } = await database.feedback.list(filter)
    return {
      object: 'list',
      data: rows.map(feedbackRow),
      total_count: total,
      current_page: page,
      total_pages: Math.ceil(total / size),
    }
  })
}

function referenceOf(body: z.infer<typeof FeedbackBody>): CallReference {
  if (body.call_id !== undefined) return { kind: 'call', id: body.call_id }
  if (body.trace_id !== undefined) return { kind: 'trace', id: body.trace_id }
  return { kind: 'session', id: body.session_id ?? '' }
}

/** What is meant, among the caller's own calls; the admin may mean anybody's. A stranger's call does not exist. */
async function callsOf(
  reference: CallReference,
  caller: Caller,
  { database, recentCalls }: FeedbackServices,
): Promise<readonly ScoredCall[]> {
  const own = caller.role === 'proxy_admin' ? undefined : caller.record.keyHash
  const found = new Map<string, ScoredCall>()
  for (const call of recentCalls.find(reference, own)) found.set(call.requestId, call)
  for (const call of await database.feedback.calls(reference, own, MOST_CALLS))
    found.set(call.requestId, call)
  if (found.size > 0)
    return [...found.values()].sort((a, b) => b.startTime - a.startTime).slice(0, MOST_CALLS)
  const field = `${reference.kind}_id`
  throw createError({
    kind: 'not_found',
    message: `${field}: your key made no call of this name. A call of another replica is known once its spend is in the database, about a second after its end.`,
    param: field,
  })
}

function takeTurn(rates: BoundedMap<SlidingWindow>, { role, record }: Caller, now: number): void {
  if (role === 'proxy_admin') return
  let rate = rates.get(record.keyHash)
  if (rate === undefined) rates.set(record.keyHash, (rate = new SlidingWindow()))
  const waitMs = rate.msUntilRoom(now, 1, MOST_PER_MINUTE)
  if (waitMs > 0)
    throw createError({
      kind: 'rate_limit',
      message: `A key may give ${MOST_PER_MINUTE} scores a minute.`,
      retryAfterMs: waitMs,
    })
  rate.add(Math.floor(now / 1_000), 1)
}

function feedbackRow(row: FeedbackRow) {
  return {
    call_id: row.requestId,
    name: row.name,
    score: row.score,
    comment: row.comment,
    api_key: row.apiKey,
    model_group: row.modelGroup,
    model_id: row.modelId,
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  }
}
