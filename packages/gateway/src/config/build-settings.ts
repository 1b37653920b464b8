import { resolve } from 'node:path'
import {
  ADAPTIVE_DEFAULTS,
  type AdaptiveSettings,
  type BudgetSetting,
  type Deployment,
  type Provider,
} from 'sluice/internal'
import { defaults } from './defaults.ts'
import { freezeDeep } from './freeze-deep.ts'
import type { commandLine, environmentVariables } from './keys/environment-variables.ts'
import { affinitiesOf } from './keys/features.ts'
import type { Values } from './keys/row.ts'
import type { topLevel } from './keys/top-level.ts'
import type { StrategySetting } from './load-strategy.ts'
import { buildRedis } from './redis/build-redis.ts'
import type * as target from './settings.ts'
import type { Environment } from './source/references.ts'

/** Everything that was read, checked and not yet in our own words. */
export interface SettingsParts {
  readonly source: string | undefined
  readonly environment: Environment
  readonly deployments: readonly Deployment[]
  readonly providers: ReadonlyMap<string, Provider>
  readonly file: Values<typeof topLevel.rows>
  readonly variables: Values<typeof environmentVariables.rows>
  readonly cli: Values<typeof commandLine.rows>
  readonly strategy: StrategySetting | undefined
}

/** Puts the parts together: command line over file over environment over defaults. The result is frozen. */
export function buildSettings(parts: SettingsParts): target.Settings {
  return freezeDeep({
    source: parts.source,
    environment: parts.environment,
    deployments: parts.deployments,
    providers: parts.providers,
    router: router(parts),
    health: health(parts),
    calls: calls(parts),
    media: media(parts),
    server: server(parts),
    resume: resume(parts),
    auth: auth(parts),
    database: database(parts),
    redis: buildRedis(parts),
    spend: spend(parts),
    limits: limits(parts),
    telemetry: telemetry(parts),
    prices: { file: parts.variables.SLUICE_PRICE_FILE ?? parts.variables.LITELLM_MODEL_COST_MAP_URL },
  })
}

function router({ file, variables, strategy }: SettingsParts): target.RouterSettings {
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

function health({
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
  const { intervalMs, groups } = health(parts)
  return {
    staleMs: milliseconds(own.health_check_staleness_threshold) ?? intervalMs * 2,
    ignoreTransientErrors: own.health_check_ignore_transient_errors ?? false,
    groups,
  }
}

function calls({ file, variables }: SettingsParts): target.CallSettings {
  return {
    dropParams: file.litellm_settings?.drop_params ?? variables.LITELLM_DROP_PARAMS ?? false,
    alwaysIncludeStreamUsage: file.general_settings?.always_include_stream_usage ?? false,
    forwardClientHeaders: file.general_settings?.forward_client_headers_to_llm_api ?? false,
    modifyParams: file.litellm_settings?.modify_params ?? variables.LITELLM_MODIFY_PARAMS ?? false,
    completionModel: file.general_settings?.completion_model,
  }
}

function media({ file, variables }: SettingsParts): target.MediaSettings {
  return {
    maxBytes: megabytes(variables.MAX_IMAGE_URL_DOWNLOAD_SIZE_MB) ?? defaults.maxMediaBytes,
    validateUrls: file.litellm_settings?.user_url_validation ?? true,
    allowedHosts: file.litellm_settings?.user_url_allowed_hosts ?? [],
  }
}

function server({ file, variables, cli }: SettingsParts): target.ServerSettings {
  return {
    host: cli['--host'] ?? variables.SLUICE_HOST ?? variables.HOST ?? defaults.host,
    port: cli['--port'] ?? variables.SLUICE_PORT ?? variables.PORT ?? defaults.port,
    maxRequestBytes: megabytes(file.general_settings?.max_request_size_mb) ?? defaults.maxRequestBytes,
    maxResponseBytes: megabytes(file.general_settings?.max_response_size_mb) ?? defaults.maxResponseBytes,
    drainMs: milliseconds(variables.SLUICE_DRAIN_SECONDS) ?? defaults.drainMs,
    requestTimeoutMs: milliseconds(variables.SLUICE_CLIENT_TIMEOUT_SECONDS) ?? defaults.requestTimeoutMs,
    requireMetricsAuth: file.litellm_settings?.require_auth_for_metrics_endpoint ?? false,
  }
}

function resume({ file }: SettingsParts): target.ResumeSettings {
  const own = file.general_settings?.resumable_streams
  return {
    enabled: own?.enabled ?? true,
    graceMs: milliseconds(own?.grace_seconds) ?? defaults.resumeGraceMs,
    ttlMs: milliseconds(own?.ttl_seconds) ?? defaults.resumeTtlMs,
    maxStreamBytes: megabytes(own?.max_stream_size_mb) ?? defaults.maxStreamBytes,
    maxBytes: megabytes(own?.max_size_mb) ?? defaults.maxStreamsBytes,
    maxStreams: own?.max_streams ?? defaults.maxStreams,
    maxStreamsPerKey: own?.max_streams_per_key ?? defaults.maxStreamsPerKey,
  }
}

function auth({ file, variables }: SettingsParts): target.AuthSettings {
  return {
    masterKey: file.general_settings?.master_key ?? variables.LITELLM_MASTER_KEY,
    keyHeaderName: file.general_settings?.litellm_key_header_name?.toLowerCase(),
    maxKeyStalenessMs: milliseconds(variables.SLUICE_KEY_STALENESS_SECONDS) ?? defaults.maxKeyStalenessMs,
  }
}

function database({ file, variables, cli }: SettingsParts): target.DatabaseSettings {
  return {
    url: file.general_settings?.database_url ?? variables.DATABASE_URL,
    poolSize: file.general_settings?.database_connection_pool_limit ?? defaults.poolSize,
    dataDirectory: resolve(cli['--data-directory'] ?? variables.SLUICE_DATA_DIR ?? defaults.dataDirectory),
  }
}

function spend({ file, variables }: SettingsParts): target.SpendSettings {
  return {
    flushMs:
      milliseconds(file.general_settings?.proxy_batch_write_at ?? variables.PROXY_BATCH_WRITE_AT) ??
      defaults.flushMs,
  }
}

function limits({ file, variables }: SettingsParts): target.LimitSettings {
  const { max_budget: budget, budget_duration: duration, timezone } = file.litellm_settings ?? {}
  return {
    globalBudgetNanoUsd: budget !== undefined ? Math.round(budget * 1e9) : undefined,
    globalBudgetDuration: duration,
    globalMaxParallelRequests: file.general_settings?.global_max_parallel_requests,
    defaultMaxOutputTokens: variables.SLUICE_DEFAULT_MAX_OUTPUT_TOKENS ?? defaults.defaultMaxOutputTokens,
    timezone: timezone ?? defaults.timezone,
  }
}

function telemetry({ file, variables, cli }: SettingsParts): target.TelemetrySettings {
  const {
    callbacks = [],
    success_callback: success = [],
    failure_callback: failure = [],
  } = file.litellm_settings ?? {}
  const verbose = file.litellm_settings?.set_verbose ? 'debug' : undefined
  return {
    logLevel:
      cli['--log-level'] ??
      variables.SLUICE_LOG_LEVEL ??
      verbose ??
      variables.LITELLM_LOG ??
      defaults.logLevel,
    latencyBuckets: file.litellm_settings?.prometheus_latency_buckets,
    callbacks: [...new Set([...callbacks, ...success, ...failure])],
  }
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}

function megabytes(size: number | undefined): number | undefined {
  return size === undefined ? undefined : Math.round(size * 1024 * 1024)
}
