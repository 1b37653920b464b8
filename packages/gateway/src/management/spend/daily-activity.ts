import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import type { SpendDimension, SpendSumsQuery } from '../../db/spend/reading/read-sums.ts'
import { activityTotals, dailyActivity } from '../../spend/daily-activity.ts'
import { readDays, SUM_COLUMNS, sumCells } from './answer/read-days.ts'
import { sendCsv, sendJsonText, wantsCsv } from './answer/send-list.ts'
import { type Days, day, daysOf, eachDay, format, hashOf, name, names, paging } from './ask/spend-fields.ts'
import { narrowed, type Visible, visibleTo } from './ask/visible.ts'
import type { SpendServices } from './spend-services.ts'

type Kind = 'user' | 'team' | 'organization' | 'customer' | 'tag' | 'agent'

/** Paths, the parameter that names whom they are about, and the one that leaves some out. */
const ACTIVITIES: readonly {
  readonly path: string
  readonly kind: Kind
  readonly ids: string
  readonly except?: string
  /** All days in one answer. */
  readonly isWhole?: true
}[] = [
  { path: '/user/daily/activity', kind: 'user', ids: 'user_id' },
  { path: '/user/daily/activity/aggregated', kind: 'user', ids: 'user_id', isWhole: true },
  { path: '/team/daily/activity', kind: 'team', ids: 'team_ids', except: 'exclude_team_ids' },
  {
    path: '/organization/daily/activity',
    kind: 'organization',
    ids: 'organization_ids',
    except: 'exclude_organization_ids',
  },
  { path: '/customer/daily/activity', kind: 'customer', ids: 'end_user_ids', except: 'exclude_end_user_ids' },
  { path: '/end_user/daily/activity', kind: 'customer', ids: 'end_user_ids', except: 'exclude_end_user_ids' },
  { path: '/tag/daily/activity', kind: 'tag', ids: 'tags' },
  { path: '/agent/daily/activity', kind: 'agent', ids: 'agent_ids', except: 'exclude_agent_ids' },
]

/** Keys and entities that are broken down; the sums beside them hold all. */
const MOST_KEYS = 25
const MOST_ENTITIES = 200
/** Days of an answer without pages. */
const MOST_DAYS = 400

const fields = {
  start_date: day,
  end_date: day,
  model: name.optional(),
  api_key: name.optional(),
  ...paging,
  /** LiteLLM's UI sends it; days here are UTC, as they are counted. */
  timezone: z.coerce.number().int().min(-1_000).max(1_000).optional(),
  include_entity_breakdown: z.stringbool().default(true),
  format,
}

interface Asked {
  readonly query: Omit<SpendSumsQuery, 'from' | 'to' | 'by'>
  readonly kind: Kind
  readonly visible: Visible
  readonly withEntities: boolean
}

/** `/user|team|organization|customer|tag|agent/daily/activity`: LiteLLM's usage pages. */
export function registerDailyActivity(scope: FastifyInstance, services: SpendServices): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  for (const { path, kind, ids, except, isWhole } of ACTIVITIES) {
    const querystring = z.strictObject({
      ...fields,
      [ids]: names.optional(),
      ...(except !== undefined && { [except]: names.optional() }),
    })
    const summary = `Spend, tokens and calls by day and ${kind}, broken down`
    routes.get(path, { schema: { querystring, tags: ['Spend'], summary } }, async (request, reply) => {
      const given = request.query as Record<string, readonly string[] | undefined> &
        z.infer<typeof querystring>
      const wanted = given[ids]
      const unwanted = except === undefined ? undefined : given[except]
      const visible = await visibleTo(request, services)
      const query = {
        subject: kind,
        model: given.model,
        ...(wanted !== undefined && { ids: wanted }),
        ...(unwanted !== undefined && { exceptIds: unwanted }),
        ...(given.api_key !== undefined && { apiKeys: [hashOf(given.api_key)] }),
      }
      const asked: Asked = { query, kind, visible, withEntities: given.include_entity_breakdown }
      const days = daysOf(given.start_date, given.end_date)
      if (wantsCsv(request, given.format)) return await sendActivityCsv(services, reply, asked, days)
      return await sendJsonText(reply, await activityPage(services, asked, days, isWhole ? undefined : given))
    })
  }
}

/** A page is so many days, the newest first. */
async function activityPage(
  services: SpendServices,
  asked: Asked,
  days: Days,
  paged: { readonly page: number; readonly page_size: number } | undefined,
) {
  const all = eachDay(days).toReversed()
  if (paged === undefined && all.length > MOST_DAYS)
    throw badRequest(`start_date: an answer without pages has at most ${MOST_DAYS} days.`, 'start_date')
  const { page = 1, page_size: size = MOST_DAYS } = paged ?? {}
  const shown = all.slice((page - 1) * size, page * size)
  const [to] = shown
  const from = shown.at(-1)
  const cuts = from && to ? await readCuts(services, asked, { from, to }) : undefined
  return pageText(cuts ? dailyActivity(cuts) : [], {
    ...activityTotals(cuts?.all ?? []),
    page,
    total_pages: Math.ceil(all.length / size),
    has_more: page * size < all.length,
    ...(cuts?.isKeysCut && { api_key_limit: MOST_KEYS }),
    ...(cuts?.isEntitiesCut && { entity_limit: MOST_ENTITIES }),
  })
}

/** A day at a time, with calls being served between them. */
async function* pageText(results: Iterable<unknown>, metadata: unknown): AsyncGenerator<string> {
  let before = '{"results":['
  for (const result of results) {
    yield before + JSON.stringify(result)
    before = ','
    await setImmediate()
  }
  yield `${before === ',' ? '' : before}],"metadata":${JSON.stringify(metadata)}}`
}

const PARTS: readonly SpendDimension[] = ['day', 'model', 'modelGroup', 'provider', 'endpoint']

async function readCuts(services: SpendServices, asked: Asked, days: Days) {
  const { reports } = services.database
  const { query, visible, withEntities } = asked
  // Without a name it is about all calls, which models count with the fewest sums; and a call with two tags once.
  const isOfSome = query.ids !== undefined || query.exceptIds !== undefined || visible !== undefined
  const isOfAll = query.subject === 'tag' ? query.ids === undefined : query.subject !== 'agent' && !isOfSome
  const whole: SpendSumsQuery = { ...query, ...days, by: PARTS, ...(isOfAll && { subject: 'key' as const }) }
  const ask = (more: Partial<SpendSumsQuery>, of: SpendSumsQuery = whole) =>
    reports.sums(narrowed({ ...of, ...more }, visible))
  const all = await ask({})
  const top = await ask({ by: ['apiKey'], top: MOST_KEYS + 1 })
  const apiKeys = top.slice(0, MOST_KEYS).map(each => each.apiKey)
  const byKey = await ask({ by: [...PARTS, 'apiKey'], apiKeys })
  const mine: SpendSumsQuery = { ...whole, subject: query.subject }
  const dearest = withEntities ? await ask({ by: ['id'], top: MOST_ENTITIES + 1 }, mine) : []
  const ids = dearest.slice(0, MOST_ENTITIES).map(each => each.id)
  return {
    all,
    byKey,
    byEntity: withEntities ? await ask({ by: ['day', 'id'], ids }, mine) : [],
    byEntityAndKey: withEntities ? await ask({ by: ['day', 'id', 'apiKey'], ids, apiKeys }, mine) : [],
    keys: await reports.keyNames(apiKeys),
    entities: await entityNames(services, asked.kind, ids),
    isKeysCut: top.length > MOST_KEYS,
    isEntitiesCut: dearest.length > MOST_ENTITIES,
  }
}

async function entityNames({ database }: SpendServices, kind: Kind, ids: readonly string[]) {
  if (kind === 'agent' || kind === 'tag') return new Map<string, Record<string, unknown>>()
  const rows = await database.accounts.findMany(ids.filter(id => id !== '').map(id => ({ kind, id })))
  const named = rows.map(row => {
    const names = { [`${kind}_alias`]: row.alias, ...(kind === 'user' && { user_email: row.email }) }
    return [row.id, names] as const
  })
  return new Map<string, Record<string, unknown>>(named)
}

async function sendActivityCsv(
  { database }: SpendServices,
  reply: FastifyReply,
  { query, kind, visible }: Asked,
  days: Days,
) {
  const by: SpendDimension[] = ['day', 'id', 'apiKey', 'model', 'modelGroup', 'provider', 'endpoint']
  const head = ['day', kind, 'api_key', 'model', 'model_group', 'provider', 'endpoint', ...SUM_COLUMNS]
  const daily = readDays(database.reports, { ...query, by }, days, visible)
  async function* lines() {
    for await (const sums of daily) yield sums.map(each => sumCells(each, by))
  }
  return await sendCsv(reply, `activity-by-${kind}-${days.from}-${days.to}`, head, lines())
}
