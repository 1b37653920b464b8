import type { AffinitySettings } from './affinity/affinities.ts'
import type { BudgetSettings } from './budgets/budgets.ts'
import type { CircuitSettings } from './circuit/circuits.ts'
import type { FallbackSettings } from './fallbacks.ts'
import type { FilterSettings } from './filters/filter.ts'
import type { GroupAlias } from './groups.ts'
import type { HealthRouting } from './health/leave-out-ill.ts'
import type { HedgingSettings } from './hedging/hedge-state.ts'
import type { RetrySettings } from './retry/retry-policy.ts'
import type { StrategyName } from './strategies/registry.ts'
import type { CreateStrategy, RoutingStrategy, StrategyArgs } from './strategies/strategy.ts'
import type { RoutingGroup } from './strategies/strategy-book.ts'

/** How calls are spread, tried again and taken elsewhere. */
export interface RoutingSettings
  extends FallbackSettings,
    RetrySettings,
    CircuitSettings,
    FilterSettings,
    AffinitySettings,
    BudgetSettings {
  /** One of LiteLLM's strategies, `p2c`, or one of your own; `simple-shuffle` unless stated. */
  readonly strategy?: StrategyName | RoutingStrategy | CreateStrategy | undefined
  readonly strategyArgs?: StrategyArgs | undefined
  /** Strategies of single groups, in place of `strategy`; a group belongs to one of them at most. */
  readonly routingGroups?: readonly RoutingGroup[] | undefined
  /** Milliseconds for a whole call, retries and fallbacks included. */
  readonly timeoutMs: number
  /** Milliseconds to the first output of a stream. */
  readonly streamTimeoutMs: number | undefined
  /** Milliseconds a stream may be silent; five minutes unless stated. */
  readonly streamIdleTimeoutMs?: number | undefined
  /** A stream of plain text that breaks off is gone on with by another deployment; off unless stated. */
  readonly streamContinuation?: boolean | undefined
  /** Least wait between two attempts, milliseconds. */
  readonly retryAfterMs: number
  /** Retries as a share of a group's calls, beyond a burst of 100; 0.1 unless stated. */
  readonly retryBudget?: number | undefined
  /** A second request beside one that is slow; off unless stated. */
  readonly hedging?: HedgingSettings | undefined
  /** A deployment's `rpm` and `tpm` are limits, whatever the strategy. Pre-call checks imply it. */
  readonly enforceModelRateLimits?: boolean | undefined
  /** Most calls at one time of a deployment that states no limit of its own. */
  readonly defaultMaxParallelRequests?: number | undefined
  /** Priority of calls that state none: of those that wait for a place, lower goes first; 0 unless stated. */
  readonly defaultPriority?: number | undefined
  /** Most calls that wait for a place at one deployment; 1000 unless stated. */
  readonly maxWaiting?: number | undefined
  /** Weight by deployment id, in place of the deployments' own. */
  readonly weights?: ReadonlyMap<string, number> | undefined
  /** Deployments whose health check failed are left out; checks drive nothing unless stated. */
  readonly healthRouting?: HealthRouting | undefined
  /** Most mirrored calls at one time, 100 unless stated; copies beyond it are left out. */
  readonly maxMirrored?: number | undefined
  readonly groupAliases: ReadonlyMap<string, GroupAlias>
}

/** What holds where settings say nothing. */
export const ROUTING_DEFAULTS = {
  strategy: 'simple-shuffle',
  retryBudget: 0.1,
  maxWaiting: 1_000,
  maxOutputTokens: 4_096,
  maxMirrored: 100,
} as const
