import type { BudgetSpend } from './budget-spend.ts'
import type { Deployment } from './deployment.ts'
import type { EndpointName } from './endpoint-map.ts'
import type { JsonObject } from './json.ts'
import type { Meter } from './meter.ts'
import type { RouteReceipt } from './route-receipt.ts'
import type { Usage } from './usage.ts'
import type { Warning } from './warning.ts'

/** The one record of a call. Every log, metric, spend row, budget and callback reads it; nobody else keeps one. */
export interface CallRecord {
  /** Ours, unique for ever: what the spend row is kept under. */
  readonly id: string
  /** What the client calls it (`x-litellm-call-id`): its own id, or ours. A client may repeat its own. */
  readonly callId: string
  readonly endpoint: EndpointName
  /** The client's wire format, `openai-chat` … */
  readonly format: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  firstTokenAt?: number | undefined
  endedAt?: number | undefined
  stream: boolean
  /** The `model` the caller named. */
  requestedModel: string
  /** The deployment that answered, or that was tried last. */
  deployment?: Deployment | undefined
  attempts: Attempt[]
  /** How it found its deployment. */
  routing?: RouteReceipt | undefined
  fallbacks: number
  status: 'open' | 'success' | 'failure'
  /** Set on failure; a stream that broke after its first byte is a failure too. */
  error?: Error | undefined
  /** The client hung up before the last byte. */
  clientGone?: boolean | undefined
  usage?: Usage | undefined
  /** True when `usage` was counted by us because the provider did not say. */
  usageEstimated?: boolean | undefined
  cost: Cost
  /** What was charged to limits of the caller that no row of their own holds. */
  limitSpends?: readonly BudgetSpend[] | undefined
  /** Milliseconds spent waiting for the provider, all attempts. */
  upstreamMs: number
  responseId?: string | undefined
  warnings: Warning[]
  tags: string[]
  /** What spend is counted under besides `tags`; routing does not see it. */
  spendTags?: readonly string[] | undefined
  /** The agent that calls, by its own word. */
  agentId?: string | undefined
  traceId?: string | undefined
  sessionId?: string | undefined
  endUser?: string | undefined
  metadata: JsonObject
  /** Who asked; the gateway fills it after authentication, a bare SDK leaves it out. */
  caller?: RecordCaller | undefined
  clientIp?: string | undefined
  userAgent?: string | undefined
  route?: string | undefined
}

/** The subjects a call is charged to. All optional but the key's hash. */
export interface RecordCaller {
  readonly keyHash: string
  readonly keyAlias?: string | undefined
  readonly userId?: string | undefined
  readonly userEmail?: string | undefined
  readonly teamId?: string | undefined
  readonly teamAlias?: string | undefined
  readonly organizationId?: string | undefined
  readonly projectId?: string | undefined
}

export interface Attempt {
  readonly deploymentId: string
  /** The deployment asked, as configured. It carries credentials: nothing that leaves the process may show it. */
  readonly deployment?: Deployment | undefined
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  durationMs: number
  /** HTTP status from the provider; absent when no answer came. */
  status?: number | undefined
  error?: Error | undefined
  /** What was received and may be charged; absent for an attempt that brought nothing. */
  meter?: Meter | undefined
  /** What it cost, once the call is over. */
  cost?: Cost | undefined
  /** What was charged to budgets of its provider and deployment. */
  budgetSpends?: readonly BudgetSpend[] | undefined
}

/** What discount and margin made of a cost. */
export interface CostParts {
  readonly originalNanoUsd: number
  readonly discountNanoUsd: number
  readonly marginNanoUsd: number
  /** The part of the price that is charged on top; of several attempts, where it is the same. */
  readonly margin?: number | undefined
}

/** Money is integer nano-dollars (1e-9 USD), rounded once per call. An unknown price is unknown, never 0. */
export type Cost =
  | { readonly state: 'none' }
  | {
      readonly state: 'known'
      readonly nanoUsd: number
      /** By the price list: without what `terms` say. */
      readonly inputNanoUsd: number
      readonly outputNanoUsd: number
      /** Present where a discount or a margin applies: `nanoUsd` = original − discount + margin. */
      readonly terms?: CostParts | undefined
    }
  | {
      readonly state: 'unknown'
      readonly reason: string
      /** What those of its attempts cost whose price is known: so much is charged. */
      readonly knownNanoUsd?: number | undefined
    }
