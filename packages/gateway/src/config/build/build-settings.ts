import { resolve } from 'node:path'
import type { Deployment, Provider } from 'sluice/internal'
import { freezeDeep } from '../freeze-deep.ts'
import type { commandLine, environmentVariables } from '../keys/environment-variables.ts'
import type { Values } from '../keys/row.ts'
import type { topLevel } from '../keys/top-level.ts'
import type { StrategySetting } from '../load-strategy.ts'
import type * as target from '../settings.ts'
import type { CustomAuth } from '../sign-in/sign-in-settings.ts'
import type { Environment } from '../source/references.ts'
import { buildKeys } from './build-keys.ts'
import { buildRedis } from './build-redis.ts'
import { buildHealth, buildRouter } from './build-router.ts'
import { buildSignIn } from './build-sign-in.ts'
import { buildPrices, buildSpend } from './build-spend.ts'
import { buildSpendSinks } from './build-spend-sinks.ts'
import { buildTeams } from './build-teams.ts'
import { defaults } from './defaults.ts'
import { megabytes, milliseconds } from './units.ts'

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
  /** The code of `custom_auth`. */
  readonly customAuth: CustomAuth | undefined
}

/** Puts the parts together: command line over file over environment over defaults. The result is frozen. */
export function buildSettings(parts: SettingsParts): target.Settings {
  return freezeDeep({
    source: parts.source,
    environment: parts.environment,
    deployments: parts.deployments,
    providers: parts.providers,
    router: buildRouter(parts),
    health: buildHealth(parts),
    calls: calls(parts),
    media: media(parts),
    server: server(parts),
    resume: resume(parts),
    auth: auth(parts),
    signIn: buildSignIn(parts),
    database: database(parts),
    redis: buildRedis(parts),
    spend: { ...buildSpend(parts), sinks: buildSpendSinks(parts, database(parts).dataDirectory) },
    audit: {
      isOn: parts.file.litellm_settings?.store_audit_logs ?? true,
      retention: parts.file.general_settings?.maximum_audit_logs_retention_period,
    },
    limits: limits(parts),
    teams: buildTeams(parts),
    keys: buildKeys(parts),
    telemetry: telemetry(parts),
    prices: buildPrices(parts),
  })
}

function calls({ file, variables }: SettingsParts): target.CallSettings {
  return {
    dropParams: file.litellm_settings?.drop_params ?? variables.LITELLM_DROP_PARAMS ?? false,
    alwaysIncludeStreamUsage: file.general_settings?.always_include_stream_usage ?? false,
    forwardClientHeaders: file.general_settings?.forward_client_headers_to_llm_api ?? false,
    modifyParams: file.litellm_settings?.modify_params ?? variables.LITELLM_MODIFY_PARAMS ?? false,
    enforceUserParam: file.general_settings?.enforce_user_param,
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
    saltKey: variables.LITELLM_SALT_KEY,
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

function limits({ file, variables }: SettingsParts): target.LimitSettings {
  const settings = file.litellm_settings ?? {}
  const { max_budget: budget, budget_duration: duration, timezone, max_end_user_budget: ofEndUser } = settings
  return {
    globalBudgetNanoUsd: budget !== undefined ? Math.round(budget * 1e9) : undefined,
    globalBudgetDuration: duration,
    globalMaxParallelRequests: file.general_settings?.global_max_parallel_requests,
    defaultMaxOutputTokens: variables.SLUICE_DEFAULT_MAX_OUTPUT_TOKENS ?? defaults.defaultMaxOutputTokens,
    timezone: timezone ?? defaults.timezone,
    tokenType: file.general_settings?.token_rate_limit_type,
    endUserBudgetNanoUsd: ofEndUser !== undefined ? Math.round(ofEndUser * 1e9) : undefined,
    endUserBudgetId: settings.max_end_user_budget_id,
    tagBudgets: tagBudgets(settings.tag_budget_config),
    redisWaitMs: variables.SLUICE_LIMITS_REDIS_WAIT_MS,
    priorities: priorities(settings),
  }
}

function tagBudgets(
  config: NonNullable<SettingsParts['file']['litellm_settings']>['tag_budget_config'],
): target.LimitSettings['tagBudgets'] {
  if (config === undefined || config.size === 0) return undefined
  const entries = [...config].flatMap(([tag, { max_budget: maxBudget, budget_duration: duration }]) =>
    maxBudget === undefined ? [] : [[tag, { maxBudget, duration }] as const],
  )
  return new Map(entries)
}

/** LiteLLM's limiter is a callback: shares hold where it is named. */
function priorities(settings: NonNullable<SettingsParts['file']['litellm_settings']>) {
  const { priority_reservation: shares = new Map(), priority_reservation_settings: rules } = settings
  if (!(settings.callbacks ?? []).some(name => name.startsWith('dynamic_rate_limiter'))) return undefined
  return {
    shares,
    defaultShare: rules?.default_priority ?? DEFAULT_PRIORITY,
    saturation: rules?.saturation_threshold ?? SATURATION,
  }
}

/** LiteLLM's. */
const DEFAULT_PRIORITY = 0.5
const SATURATION = 0.5

function telemetry({ file, variables, cli }: SettingsParts): target.TelemetrySettings {
  const {
    callbacks = [],
    success_callback: success = [],
    failure_callback: failure = [],
  } = file.litellm_settings ?? {}
  const router = file.router_settings
  const isVerbose =
    file.litellm_settings?.set_verbose || (router?.set_verbose && router.debug_level === 'DEBUG')
  return {
    logLevel:
      cli['--log-level'] ??
      variables.SLUICE_LOG_LEVEL ??
      (isVerbose ? 'debug' : undefined) ??
      variables.LITELLM_LOG ??
      defaults.logLevel,
    latencyBuckets: file.litellm_settings?.prometheus_latency_buckets,
    callbacks: [...new Set([...callbacks, ...success, ...failure])],
  }
}
