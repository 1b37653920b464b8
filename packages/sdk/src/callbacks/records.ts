import { endpoints } from '../endpoints/registry.ts'
import { type Catalogue, factsOfDeployment } from '../models/catalogue.ts'
import { costOf } from '../models/cost.ts'
import { reportedCost } from '../models/reported-cost.ts'
import { addCost, addUsage } from '../models/sums.ts'
import { providers } from '../providers/registry.ts'
import type { Attempt, CallRecord, Cost } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Meter } from '../types/meter.ts'
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
 * Writes usage and cost of the call into the record: the providers' numbers, or an estimate from what was seen where
 * they did not say. Every attempt that brought something is charged, at its own deployment's price. A call that
 * brought nothing costs nothing. `meter`: of the answer the caller got.
 */
export function stampRecord(
  record: CallRecord,
  meter: Meter | undefined,
  catalogue: Catalogue,
  estimate: Estimate,
): void {
  record.responseId = meter?.id
  const charges = chargesOf(record, meter).map(({ attempt, deployment, meter: seen }) => {
    const usage = seen.usage ? toldUsage(seen.usage, seen) : estimatedUsage(seen, estimate)
    const cost = costAt(deployment, usage, seen, record, catalogue)
    if (attempt) attempt.cost = cost
    return { usage, cost, isEstimated: seen.usage === undefined || seen.isPartial === true }
  })
  const [first, ...others] = charges
  if (first === undefined) return
  record.usageEstimated = charges.some(({ isEstimated }) => isEstimated)
  record.usage = others.reduce((sum, { usage }) => addUsage(sum, usage), first.usage)
  record.cost = others.reduce((sum, { cost }) => addCost(sum, cost), first.cost)
}

/** How often a call was tried again within a group; a hedge is no retry. */
export function retriesOf({ routing, attempts, fallbacks }: CallRecord): number {
  if (routing === undefined) return Math.max(attempts.length - 1 - fallbacks, 0)
  return routing.visits.reduce((sum, visit) => {
    const own = visit.attempts.filter(({ hedge }) => !hedge).length
    return sum + Math.max(own - 1, 0)
  }, 0)
}

interface Charge {
  readonly attempt?: Attempt
  readonly deployment: Deployment | undefined
  readonly meter: Meter
}

function chargesOf({ attempts, deployment }: CallRecord, meter: Meter | undefined): readonly Charge[] {
  const charges = attempts.flatMap((attempt): Charge[] =>
    attempt.meter ? [{ attempt, deployment: attempt.deployment, meter: attempt.meter }] : [],
  )
  return charges.length === 0 && meter ? [{ deployment, meter }] : charges
}

function costAt(
  deployment: Deployment | undefined,
  usage: Usage,
  meter: Meter,
  { endpoint, startedAt: now }: CallRecord,
  catalogue: Catalogue,
): Cost {
  if (deployment === undefined) return { state: 'none' }
  if (endpoints[endpoint].isFree) return { state: 'known', nanoUsd: 0, inputNanoUsd: 0, outputNanoUsd: 0 }
  const facts = factsOfDeployment(catalogue, deployment, meter.priceVariants)
  const { provider, modelInfo } = deployment
  const listed = costOf(usage, facts?.price, {
    now,
    provider,
    serviceTier: meter.serviceTier,
    units: meter.units,
  })
  const reports = meter.usage !== undefined && providers.get(provider)?.reportsCost
  return (reports && reportedCost(usage, listed, modelInfo)) || listed
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
