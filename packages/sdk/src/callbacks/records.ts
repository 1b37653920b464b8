import { type Catalogue, factsOfDeployment } from '../models/catalogue.ts'
import { addCost, addUsage } from '../models/sums.ts'
import type { Attempt, CallRecord, Cost } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Meter } from '../types/meter.ts'
import { chargedCost, chargedUsage, type Estimate, type FactsOf } from './charge.ts'

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
  const facts: FactsOf = (deployment, variants) => factsOfDeployment(catalogue, deployment, variants)
  const charges = chargesOf(record, meter).map(({ attempt, deployment, meter: seen }) => {
    const usage = chargedUsage(seen, estimate)
    const cost = deployment ? chargedCost(usage, seen, deployment, record, facts) : NO_COST
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

const NO_COST: Cost = { state: 'none' }

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
