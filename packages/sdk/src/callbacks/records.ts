import type { Meter } from '../endpoints/meter.ts'
import { endpoints } from '../endpoints/registry.ts'
import { type Catalogue, factsOfDeployment } from '../models/catalogue.ts'
import { costOf } from '../models/cost.ts'
import { reportedCost } from '../models/reported-cost.ts'
import { providers } from '../providers/registry.ts'
import type { CallRecord } from '../types/call-record.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Usage } from '../types/usage.ts'

/** Characters that stand for one token where nobody counted. */
const CHARACTERS_PER_TOKEN = 4

/** The record of a call that begins now. */
export function openRecord(facts: {
  readonly id: string
  readonly callId?: string | undefined
  readonly endpoint: EndpointName
  readonly format: string
  readonly startedAt: number
  readonly requestedModel: string
}): CallRecord {
  return {
    ...facts,
    callId: facts.callId ?? facts.id,
    stream: false,
    attempts: [],
    fallbacks: 0,
    status: 'open',
    cost: { state: 'none' },
    upstreamMs: 0,
    warnings: [],
    tags: [],
    metadata: {},
  }
}

/** What is charged when the provider did not say. */
export interface Estimate {
  /** Tokens of the prompt, counted by us. */
  readonly promptTokens: number
}

/**
 * Writes usage and cost of the answer into the record: the provider's numbers, or an estimate from what was seen
 * when it did not say. An answer that never began costs nothing.
 */
export function stampRecord(
  record: CallRecord,
  meter: Meter,
  catalogue: Catalogue,
  estimate: Estimate,
): void {
  record.responseId = meter.id
  record.usageEstimated = meter.usage === undefined || meter.isPartial === true
  record.usage = meter.usage ? toldUsage(meter.usage, meter) : estimatedUsage(meter, estimate)
  if (record.deployment === undefined) return
  if (endpoints[record.endpoint].isFree) {
    record.cost = { state: 'known', nanoUsd: 0, inputNanoUsd: 0, outputNanoUsd: 0 }
    return
  }
  const facts = factsOfDeployment(catalogue, record.deployment, meter.priceVariants)
  const { provider, modelInfo } = record.deployment
  const listed = costOf(record.usage, facts?.price, {
    now: record.startedAt,
    provider,
    serviceTier: meter.serviceTier,
    units: meter.units,
  })
  const reports = meter.usage !== undefined && providers.get(provider)?.reportsCost
  record.cost = (reports && reportedCost(record.usage, listed, modelInfo)) || listed
}

/** The provider's numbers; of an answer that broke off before it told all of them, what was seen where that is more. */
function toldUsage(usage: Usage, { isPartial, textLength }: Meter): Usage {
  const seen = Math.ceil(textLength / CHARACTERS_PER_TOKEN)
  if (!isPartial || seen <= usage.completion_tokens) return usage
  return { ...usage, completion_tokens: seen, total_tokens: usage.prompt_tokens + seen }
}

/** What an answer of which the provider told no usage must have used. */
export function estimatedUsage(meter: Meter, estimate: Estimate): Usage {
  const completion = Math.ceil(meter.textLength / CHARACTERS_PER_TOKEN)
  return {
    prompt_tokens: estimate.promptTokens,
    completion_tokens: completion,
    total_tokens: estimate.promptTokens + completion,
  }
}
