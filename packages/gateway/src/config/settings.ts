import type {
  AdaptiveSettings,
  CostTerms,
  CreateStrategy,
  Deployment,
  Provider,
  RoutingSettings,
  StrategyName,
} from 'sluice/internal'
import type { SpendSinkSettings } from './build/spend-sink-settings.ts'
import type { RedisSettings } from './redis-settings.ts'
import type { SignInSettings } from './sign-in/sign-in-settings.ts'
import type { TeamSettings } from './team-settings.ts'

export type * from './build/spend-sink-settings.ts'
export type { RedisSettings } from './redis-settings.ts'
export type { TeamDefaults, TeamSettings } from './team-settings.ts'

/**
 * The configuration in our own words: frozen, validated, swapped whole on reload. The LiteLLM-shaped file is the
 * outside of this room; nothing else in the gateway reads YAML or the environment.
 */
export interface Settings {
  /** Absolute path of the config file, if there was one. */
  readonly source: string | undefined
  /** The process environment with the file's `environment_variables` over it; credential look-ups read this. */
  readonly environment: ReadonlyMap<string, string>
  readonly deployments: readonly Deployment[]
  /** Every provider that may be called: the SDK's and the operator's own. */
  readonly providers: ReadonlyMap<string, Provider>
  readonly router: RouterSettings
  readonly health: HealthSettings
  readonly calls: CallSettings
  readonly media: MediaSettings
  readonly server: ServerSettings
  readonly resume: ResumeSettings
  readonly auth: AuthSettings
  readonly signIn: SignInSettings
  readonly database: DatabaseSettings
  /** Absent: this process shares nothing with others but the database. */
  readonly redis: RedisSettings | undefined
  readonly spend: SpendSettings
  readonly audit: AuditSettings
  readonly limits: LimitSettings
  readonly teams: TeamSettings
  readonly keys: KeySettings
  readonly telemetry: TelemetrySettings
  readonly prices: PriceSettings
}

/** Choice of deployments, retries, cooldowns and fallbacks: the SDK's settings, with a strategy by name or from a module. */
export interface RouterSettings extends RoutingSettings {
  /** LiteLLM's `routing_strategy`. */
  readonly strategy: StrategyName | CreateStrategy
  /** group → groups to try, in order. */
  readonly fallbacks: ReadonlyMap<string, readonly string[]>
  readonly defaultFallbacks: readonly string[]
  readonly contextWindowFallbacks: ReadonlyMap<string, readonly string[]>
  readonly contentPolicyFallbacks: ReadonlyMap<string, readonly string[]>
  /** Undefined: weights are not adapted. */
  readonly adaptiveWeights?: AdaptiveSettings | undefined
}

/** When deployments are asked whether they are well, and what is shown of it. */
export interface HealthSettings {
  /** In the background, again and again; else only when `/health` is asked for. */
  readonly background: boolean
  /** Milliseconds between the rounds. */
  readonly intervalMs: number
  /** Addresses, errors and times are shown. */
  readonly details: boolean
  /** Most checks at one time. */
  readonly concurrency: number
  /** Groups that are checked in the background; all unless stated. */
  readonly groups: ReadonlySet<string> | undefined
  /** Deployments left out of background checks are left out of `/health` too. */
  readonly skipDisabled: boolean
}

export interface CallSettings {
  readonly dropParams: boolean
  /** Stream usage even when the client did not ask (`always_include_stream_usage`). */
  readonly alwaysIncludeStreamUsage: boolean
  readonly forwardClientHeaders: boolean
  /** Repair requests the provider would refuse, with a receipt (`modify_params`). */
  readonly modifyParams: boolean
  /** Each request must name its end user. */
  readonly enforceUserParam?: boolean | undefined
  /** Replaces the model of every chat call. */
  readonly completionModel: string | undefined
}

/** What may be fetched for providers that do not fetch media themselves. */
export interface MediaSettings {
  /** Bytes of one file; 0 switches fetching off. */
  readonly maxBytes: number
  /** Reach public addresses only. */
  readonly validateUrls: boolean
  /** Hosts that may be reached although they are private. */
  readonly allowedHosts: readonly string[]
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Largest request body, bytes. */
  readonly maxRequestBytes: number
  /** Largest reply body read from a provider, bytes. */
  readonly maxResponseBytes: number
  /** Milliseconds that open streams get at shutdown. */
  readonly drainMs: number
  /** Milliseconds a client may take to send its request. */
  readonly requestTimeoutMs: number
  readonly requireMetricsAuth: boolean
}

/** Streams that a client may continue after it lost its connection (`general_settings.resumable_streams`). */
export interface ResumeSettings {
  readonly enabled: boolean
  /** Milliseconds an answer is read on after its client has gone. */
  readonly graceMs: number
  /** Milliseconds a finished stream can be read again. */
  readonly ttlMs: number
  /** Bytes of memory for one stream. */
  readonly maxStreamBytes: number
  /** Bytes of memory for all. */
  readonly maxBytes: number
  /** Streams kept, finished ones included. */
  readonly maxStreams: number
  /** Streams under way that one key may have. */
  readonly maxStreamsPerKey: number
}

export interface AuthSettings {
  /** Absent: the proxy is open to everyone who reaches it, as in LiteLLM; only by explicit choice. */
  readonly masterKey: string | undefined
  /** Seals credentials in the database; the master key does unless stated. */
  readonly saltKey?: string | undefined
  /** A header that carries the key, besides the usual ones. */
  readonly keyHeaderName: string | undefined
  /** Milliseconds a key may be answered from memory while the database is unreachable. */
  readonly maxKeyStalenessMs: number
}

export interface DatabaseSettings {
  /** `postgresql://…`, or absent for the embedded database in `dataDirectory`. */
  readonly url: string | undefined
  readonly poolSize: number
  /** Where the embedded database, the spend journal and the generated master key live. */
  readonly dataDirectory: string
}

export interface SpendSettings {
  /** Milliseconds between batches to the database. */
  readonly flushMs: number
  /** A duration such as `30d`; undefined keeps rows for ever. */
  readonly retention: string | undefined
  /** A duration: how often old rows are removed. */
  readonly retentionInterval: string
  /** Headers, in lower case, whose values tag calls. */
  readonly tagHeaders: readonly string[]
  /** Calls are tagged with what their `User-Agent` says. */
  readonly tagUserAgent: boolean
  /** Tags in a request are refused. */
  readonly refuseClientTags: boolean
  /** Where rows go besides; read at the start. */
  readonly sinks: readonly SpendSinkSettings[]
}

/** The log of what management changed. */
export interface AuditSettings {
  readonly isOn: boolean
  /** LiteLLM's duration; entries are kept for ever unless stated. */
  readonly retention: string | undefined
}

export interface LimitSettings {
  /** Budget of the whole proxy, nano-dollars. */
  readonly globalBudgetNanoUsd: number | undefined
  readonly globalBudgetDuration: string | undefined
  readonly globalMaxParallelRequests: number | undefined
  /** Output tokens reserved when neither the caller nor the catalogue states a limit. */
  readonly defaultMaxOutputTokens: number
  /** IANA name; budgets reset at its midnights. */
  readonly timezone: string
  /** Which tokens `tpm_limit` counts; all unless stated. */
  readonly tokenType?: 'total' | 'input' | 'output' | undefined
  /** Budget of each customer without limits of its own, nano-dollars. */
  readonly endUserBudgetNanoUsd?: number | undefined
  /** The budget (`/budget/new`) such a customer takes its limits from. */
  readonly endUserBudgetId?: string | undefined
  /** Budgets of tags in the configuration (`tag_budget_config`), by tag. */
  readonly tagBudgets?: ReadonlyMap<string, TagBudget> | undefined
  /** Milliseconds a call waits for Redis before it goes by this replica's share; 10 unless stated. */
  readonly redisWaitMs?: number | undefined
  /** Shares of a model's rates by priority; absent: `dynamic_rate_limiter_v3` is not asked for. */
  readonly priorities?: PrioritySettings | undefined
  /** Milliseconds between two alerts about the same budget; a day unless stated. */
  readonly alertTtlMs?: number | undefined
}

/** What calls with one tag may spend. */
export interface TagBudget {
  /** Dollars. */
  readonly maxBudget: number
  /** LiteLLM's duration; absent never resets. */
  readonly duration?: string | undefined
}

/** Shares of what the deployments of a group can do in a minute (`priority_reservation`). */
export interface PrioritySettings {
  readonly shares: ReadonlyMap<string, PriorityShare>
  /** Part of the whole for keys without a priority, 0 to 1. */
  readonly defaultShare: number
  /** From this use of the whole on shares are strict, 0 to 1. */
  readonly saturation: number
}

export interface PriorityShare {
  readonly type: 'percent' | 'rpm' | 'tpm'
  /** Percent: a part of the whole, 0 to 1. */
  readonly value: number
}

/** What new keys are like, and how they come to new secrets. */
export interface KeySettings {
  /** `default_key_generate_params`: fields of a body. */
  readonly defaults: Readonly<Record<string, unknown>>
  /** `upperbound_key_generate_params`. */
  readonly upperBounds: {
    readonly max_budget?: number | undefined
    readonly max_parallel_requests?: number | undefined
    readonly tpm_limit?: number | undefined
    readonly rpm_limit?: number | undefined
    readonly budget_duration?: string | undefined
    readonly duration?: string | undefined
  }
  /** `key_generation_settings`. */
  readonly personalKeys: KeyRules | undefined
  readonly teamKeys: KeyRules | undefined
  readonly isDefaultTeamDisabled: boolean
  /** `enable_key_alias_format_validation`. */
  readonly checksAliases: boolean
  /** Fields that each call must hold, and each call of a service account. */
  readonly enforcedParams: readonly string[]
  readonly serviceAccountParams: readonly string[]
  readonly rotation: RotationSettings
}

/** Who may make a kind of key, and what must be stated. */
export interface KeyRules {
  /** Roles of users for personal keys, of team members for a team's; undefined: all that may anyway. */
  readonly roles: readonly string[] | undefined
  readonly requiredParams: readonly string[]
}

export interface RotationSettings {
  /** Keys with `auto_rotate` are rotated when they are due. */
  readonly isOn: boolean
  /** Milliseconds between looks for keys that are due. */
  readonly checkMs: number
  /** How long an old secret works where nobody says; undefined: not at all. */
  readonly grace: string | undefined
  /** Where new secrets are delivered; undefined: nowhere, and no key is rotated by itself. */
  readonly webhook: { readonly url: string; readonly secret: string | undefined } | undefined
}

export interface TelemetrySettings {
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Latency bucket bounds in seconds; undefined takes LiteLLM's. */
  readonly latencyBuckets: readonly number[] | undefined
  /** Names of loggers asked for; `prometheus` serves `/metrics`. Those that do not exist yet were warned about. */
  readonly callbacks: readonly string[]
}

export interface PriceSettings {
  /** A LiteLLM-shaped price file: path or URL. */
  readonly file: string | undefined
  /** Discounts and margins. */
  readonly terms: CostTerms
}
