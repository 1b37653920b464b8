import { ADAPTIVE_DEFAULTS, type AdaptiveSettings, type BudgetSetting } from 'sluice/internal'
import { affinitiesOf } from '../keys/features.ts'
import type * as target from '../settings.ts'
import type { SettingsParts } from './build-settings.ts'
import { defaults } from './defaults.ts'
import { milliseconds } from './units.ts'

/** How calls find their deployments. */
export function buildRouter({ file, variables, strategy }: SettingsParts): target.RouterSettings {
  const own = file.router_settings ?? {}
  const shared = file.litellm_settings ?? {}
  const none: ReadonlyMap<string, readonly string[]> = new Map()
  return {
    strategy: strategy ?? defaults.strategy,
    ...strategyAndLimits(own),
    healthRouting: healthRouting({ file }),
    retries: own.num_retries ?? shared.num_retries ?? variables.DEFAULT_MAX_RETRIES ?? defaults.retries,
    timeoutMs: milliseconds(own.timeout ?? shared.request_timeout) ?? defaults.timeoutMs,
    streamTimeoutMs: milliseconds(own.stream_timeout),
    streamIdleTimeoutMs: milliseconds(own.stream_idle_timeout),
    budgetTimezone: file.litellm_settings?.timezone ?? defaults.timezone,
    defaultMaxOutputTokens: variables.SLUICE_DEFAULT_MAX_OUTPUT_TOKENS ?? defaults.defaultMaxOutputTokens,
    streamContinuation: own.stream_continuation,
    allowedFails:
      own.allowed_fails ?? shared.allowed_fails ?? variables.DEFAULT_ALLOWED_FAILS ?? defaults.allowedFails,
    cooldownMs:
      milliseconds(own.cooldown_time ?? shared.cooldown_time ?? variables.DEFAULT_COOLDOWN_TIME_SECONDS) ??
      defaults.cooldownMs,
    disableCooldowns: own.disable_cooldowns ?? false,
    retryAfterMs: milliseconds(own.retry_after) ?? defaults.retryAfterMs,
    fallbacks: own.fallbacks ?? shared.fallbacks ?? none,
    defaultFallbacks: own.default_fallbacks ?? shared.default_fallbacks ?? [],
    contextWindowFallbacks: own.context_window_fallbacks ?? shared.context_window_fallbacks ?? none,
    contentPolicyFallbacks: own.content_policy_fallbacks ?? shared.content_policy_fallbacks ?? none,
    maxFallbacks: own.max_fallbacks ?? variables.ROUTER_MAX_FALLBACKS ?? defaults.maxFallbacks,
    adaptiveWeights: adaptiveWeights(own.adaptive_weights),
    groupAliases: aliases(file),
  }
}

type RouterFile = NonNullable<SettingsParts['file']['router_settings']>

function adaptiveWeights(own: RouterFile['adaptive_weights']): AdaptiveSettings | undefined {
  if (!own?.enabled) return undefined
  const { exploration, bounds, minSamples, windowMs, costWeight, rollbackDrop, rollbackMs } =
    ADAPTIVE_DEFAULTS
  return {
    exploration: own.exploration ?? exploration,
    bounds: own.bounds ?? bounds,
    minSamples: own.min_samples ?? minSamples,
    windowMs: milliseconds(own.window) ?? windowMs,
    costWeight: own.cost_weight ?? costWeight,
    rollbackDrop: own.rollback_drop ?? rollbackDrop,
    rollbackMs: milliseconds(own.rollback_time) ?? rollbackMs,
  }
}

function strategyArgsOf(args: RouterFile['routing_strategy_args']) {
  return {
    ttlMs: milliseconds(args?.ttl),
    lowestLatencyBuffer: args?.lowest_latency_buffer,
    maxLatencyListSize: args?.max_latency_list_size,
    own: args,
  }
}

/** How deployments are chosen and how often one is tried. */
function strategyAndLimits(own: RouterFile) {
  return {
    strategyArgs: strategyArgsOf(own.routing_strategy_args),
    routingGroups: own.routing_groups?.map(({ models = [], routing_strategy, routing_strategy_args }) => ({
      models,
      strategy: routing_strategy ?? defaults.strategy,
      strategyArgs: strategyArgsOf(routing_strategy_args),
    })),
    retryPolicy: own.retry_policy,
    modelGroupRetryPolicy: own.model_group_retry_policy,
    retryBudget: own.retry_budget,
    hedging: own.hedging && {
      percentile: own.hedging.percentile ?? 1,
      maxShare: own.hedging.max_share,
      maxCostUsd: own.hedging.max_cost,
    },
    allowedFailsPolicy: own.allowed_fails_policy,
    enablePreCallChecks: own.enable_pre_call_checks,
    enforceModelRateLimits: own.optional_pre_call_checks?.includes('enforce_model_rate_limits'),
    providerBudgets: providerBudgets(own.provider_budget_config),
    affinity: affinitiesOf(own.optional_pre_call_checks),
    groupAffinity: new Map(
      [...(own.model_group_affinity_config ?? [])].map(([group, checks]) => [group, affinitiesOf(checks)]),
    ),
    affinityTtlMs: milliseconds(own.deployment_affinity_ttl_seconds),
    enableTagFiltering: own.enable_tag_filtering,
    tagRoutingPrefix: own.tag_routing_prefix,
    defaultPriority: own.default_priority,
    tagFilteringMatchAny: own.tag_filtering_match_any,
    defaultMaxParallelRequests: own.default_max_parallel_requests,
    maxWaiting: own.max_waiting_requests,
    maxMirrored: own.max_silent_requests,
    weights: own.weights,
  } satisfies Partial<target.RouterSettings>
}

function providerBudgets(
  config: NonNullable<SettingsParts['file']['router_settings']>['provider_budget_config'],
): target.RouterSettings['providerBudgets'] {
  const budgets = new Map<string, BudgetSetting>()
  for (const [provider, row] of config ?? []) {
    const maxBudget = row.budget_limit ?? row.max_budget
    if (maxBudget !== undefined)
      budgets.set(provider, { maxBudget, duration: row.time_period ?? row.budget_duration })
  }
  return budgets
}

/** `model_alias_map` names stay out of model lists, as in LiteLLM; the router's own aliases win. */
function aliases(file: SettingsParts['file']): target.RouterSettings['groupAliases'] {
  const result = new Map<string, { group: string; hidden: boolean }>()
  for (const [alias, group] of file.litellm_settings?.model_alias_map ?? [])
    result.set(alias, { group, hidden: true })
  for (const [alias, to] of file.router_settings?.model_group_alias ?? []) {
    if (typeof to === 'string') result.set(alias, { group: to, hidden: false })
    else if (to.model !== undefined) result.set(alias, { group: to.model, hidden: to.hidden ?? false })
  }
  return result
}

/** Background checks. */
export function buildHealth({
  file: { general_settings: own = {} },
}: Pick<SettingsParts, 'file'>): target.HealthSettings {
  const groups = own.background_health_check_model_groups
  return {
    background: own.background_health_checks ?? false,
    intervalMs: milliseconds(own.health_check_interval) ?? defaults.healthIntervalMs,
    details: own.health_check_details ?? true,
    concurrency: own.health_check_concurrency ?? defaults.healthConcurrency,
    groups: groups && new Set(groups),
    skipDisabled: own.health_check_skip_disabled_background_models ?? false,
  }
}

/** LiteLLM reads these under `general_settings`; the router's own win. */
function healthRouting(parts: Pick<SettingsParts, 'file'>): target.RouterSettings['healthRouting'] {
  const own = { ...parts.file.general_settings, ...parts.file.router_settings }
  if (!own.enable_health_check_routing) return undefined
  const { intervalMs, groups } = buildHealth(parts)
  return {
    staleMs: milliseconds(own.health_check_staleness_threshold) ?? intervalMs * 2,
    ignoreTransientErrors: own.health_check_ignore_transient_errors ?? false,
    groups,
  }
}
