import { retriesOf } from '../callbacks/records.ts'
import type { CallRecord, Cost } from '../types/call-record.ts'
import type { RouteReceipt } from '../types/route-receipt.ts'
import type { Usage } from '../types/usage.ts'
import type { Warning } from '../types/warning.ts'

/** What a call was, beside its answer. LiteLLM keeps these in `_hidden_params`. */
export interface CallFacts {
  readonly id: string
  readonly provider: string
  /** The provider's model id. */
  readonly model: string
  readonly usage: Usage | undefined
  /** True when the provider did not report usage and we counted. */
  readonly usageEstimated: boolean
  readonly cost: Cost
  /** Dollars, or `undefined` when the price is unknown. */
  readonly costUsd: number | undefined
  /** What could not be carried unchanged. */
  readonly warnings: readonly Warning[]
  /** The provider's response headers, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Attempts beyond the first in each group; hedges are none. */
  readonly retries: number
  /** Groups asked after the first one failed. */
  readonly fallbacks: number
  /** How the call found its deployment. */
  readonly routing: RouteReceipt | undefined
}

export function factsOf(record: CallRecord, headers: Readonly<Record<string, string>>): CallFacts {
  const { cost, deployment } = record
  return {
    id: record.callId,
    provider: deployment?.provider ?? '',
    model: deployment?.model ?? record.requestedModel,
    usage: record.usage,
    usageEstimated: record.usageEstimated ?? false,
    cost,
    costUsd: cost.state === 'known' ? cost.nanoUsd / 1e9 : undefined,
    warnings: record.warnings,
    headers,
    retries: retriesOf(record),
    fallbacks: record.fallbacks,
    routing: record.routing,
  }
}

/** A whole answer with its facts in a property that JSON does not show. */
export type WithFacts<Response> = Response & { readonly sluice: CallFacts }

export function withFacts<Response extends object>(
  response: Response,
  facts: CallFacts,
): WithFacts<Response> {
  return Object.defineProperty(response, 'sluice', { value: facts, enumerable: false }) as WithFacts<Response>
}
