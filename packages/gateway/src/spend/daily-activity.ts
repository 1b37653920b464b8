import type { KeyNames } from '../db/spend/reading/read-names.ts'
import type { SpendSums } from '../db/spend/reading/read-sums.ts'
import { usdFromNano } from './money.ts'

// LiteLLM's `/…/daily/activity`. Source: https://docs.litellm.ai/docs/proxy/cost_tracking

/** The sums of some days, in three cuts that all hold the same calls. */
export interface ActivityCuts {
  /** By day, model, group, provider and endpoint. */
  readonly all: readonly SpendSums[]
  /** The same by key, for the keys that are shown. */
  readonly byKey: readonly SpendSums[]
  /** By day and entity, for the entities that are shown. */
  readonly byEntity: readonly SpendSums[]
  /** The same by key. */
  readonly byEntityAndKey: readonly SpendSums[]
  readonly keys: ReadonlyMap<string, KeyNames>
  readonly entities: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** How the parts of a day are named, and what tells them apart. */
const PARTS = [
  ['models', 'model'],
  ['model_groups', 'modelGroup'],
  ['providers', 'provider'],
  ['endpoints', 'endpoint'],
] as const

/** One object a day, the newest first, as LiteLLM has it; each made when it is asked for. */
export function* dailyActivity(cuts: ActivityCuts) {
  const days = {
    all: byDay(cuts.all),
    byKey: byDay(cuts.byKey),
    byEntity: byDay(cuts.byEntity),
    byEntityAndKey: byDay(cuts.byEntityAndKey),
  }
  for (const [date, sums] of [...days.all].sort(([a], [b]) => (a < b ? 1 : -1))) {
    const byKey = days.byKey.get(date) ?? []
    const parts = PARTS.map(([name, of]) => [name, part(sums, byKey, each => each[of], cuts.keys)] as const)
    yield {
      date,
      metrics: metricsOf(sums),
      breakdown: {
        ...Object.fromEntries(parts),
        mcp_servers: {},
        api_keys: keysPart(byKey, cuts.keys),
        entities: entitiesPart(days.byEntity.get(date) ?? [], days.byEntityAndKey.get(date) ?? [], cuts),
      },
    }
  }
}

/** LiteLLM's `metadata` of a page: the sums of the page's days. */
export function activityTotals(sums: readonly SpendSums[]) {
  const metrics = metricsOf(sums)
  return {
    total_spend: metrics.spend,
    total_prompt_tokens: metrics.prompt_tokens,
    total_completion_tokens: metrics.completion_tokens,
    total_tokens: metrics.total_tokens,
    total_api_requests: metrics.api_requests,
    total_successful_requests: metrics.successful_requests,
    total_failed_requests: metrics.failed_requests,
    total_unknown_cost_requests: metrics.unknown_cost_requests,
    total_cache_read_input_tokens: metrics.cache_read_input_tokens,
    total_cache_creation_input_tokens: metrics.cache_creation_input_tokens,
  }
}

/** One of the things a day is broken down into. */
interface Part {
  readonly metrics: ReturnType<typeof metricsOf>
  readonly metadata: Readonly<Record<string, unknown>>
  readonly api_key_breakdown?: Readonly<Record<string, Part>>
}

function part(
  sums: readonly SpendSums[],
  byKey: readonly SpendSums[],
  of: (sums: SpendSums) => string,
  keys: ActivityCuts['keys'],
): Record<string, Part> {
  const own = Map.groupBy(byKey, of)
  const entries = [...Map.groupBy(sums, of)].map(
    ([name, group]) =>
      [
        name,
        { metrics: metricsOf(group), metadata: {}, api_key_breakdown: keysPart(own.get(name) ?? [], keys) },
      ] as const,
  )
  return Object.fromEntries(entries)
}

function entitiesPart(
  byEntity: readonly SpendSums[],
  byEntityAndKey: readonly SpendSums[],
  { entities, keys }: ActivityCuts,
): Record<string, Part> {
  const own = Map.groupBy(byEntityAndKey, each => each.id)
  const entries = [...Map.groupBy(byEntity, each => each.id)].map(
    ([id, group]) =>
      [
        id,
        {
          metrics: metricsOf(group),
          metadata: entities.get(id) ?? {},
          api_key_breakdown: keysPart(own.get(id) ?? [], keys),
        },
      ] as const,
  )
  return Object.fromEntries(entries)
}

function keysPart(byKey: readonly SpendSums[], keys: ActivityCuts['keys']): Record<string, Part> {
  const entries = [...Map.groupBy(byKey, each => each.apiKey)].map(([hash, group]) => {
    const names = keys.get(hash)
    const metadata = {
      key_alias: names?.alias ?? null,
      team_id: names?.teamId ?? null,
      user_id: names?.userId ?? null,
      key_exists: names?.exists ?? false,
    }
    return [hash, { metrics: metricsOf(group), metadata }] as const
  })
  return Object.fromEntries(entries)
}

function metricsOf(sums: readonly SpendSums[]) {
  const total = (of: (each: SpendSums) => number) => sums.reduce((sum, each) => sum + of(each), 0)
  const prompt = total(each => each.promptTokens)
  const completion = total(each => each.completionTokens)
  const requests = total(each => each.requests)
  const failed = total(each => each.failedRequests)
  return {
    spend: usdFromNano(total(each => each.spendNanoUsd)),
    prompt_tokens: prompt,
    completion_tokens: completion,
    cache_read_input_tokens: total(each => each.cacheReadTokens),
    cache_creation_input_tokens: total(each => each.cacheWriteTokens),
    total_tokens: prompt + completion,
    successful_requests: requests - failed,
    failed_requests: failed,
    api_requests: requests,
    unknown_cost_requests: total(each => each.unknownCostRequests),
  }
}

function byDay(sums: readonly SpendSums[]): ReadonlyMap<string, readonly SpendSums[]> {
  return Map.groupBy(sums, each => each.day)
}
