import { type Catalogue, factsOfDeployment } from '../models/catalogue.ts'
import { addCost, addUsage } from '../models/sums.ts'
import type { TermsOf } from '../models/terms/price-terms.ts'
import type { CallRecord, Cost } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Meter } from '../types/meter.ts'
import type { Usage } from '../types/usage.ts'
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
  const { termsOf } = catalogue
  const bill: Bill = { usage: undefined, cost: NO_COST, isEstimated: false, termsOf }
  for (const attempt of record.attempts)
    if (attempt.meter) attempt.cost = charge(bill, attempt.meter, attempt.deployment, record, estimate, facts)
  if (bill.usage === undefined && meter) charge(bill, meter, record.deployment, record, estimate, facts)
  if (bill.usage === undefined) return
  record.usageEstimated = bill.isEstimated
  record.usage = bill.usage
  record.cost = bill.cost
}

const NO_COST: Cost = { state: 'none' }

/** What a call's attempts come to together. */
interface Bill {
  usage: Usage | undefined
  cost: Cost
  isEstimated: boolean
  readonly termsOf: TermsOf | undefined
}

/** Puts what was received of one deployment on the bill, and gives its cost. */
function charge(
  bill: Bill,
  meter: Meter,
  deployment: Deployment | undefined,
  record: CallRecord,
  estimate: Estimate,
  facts: FactsOf,
): Cost {
  const usage = chargedUsage(meter, estimate)
  const cost = deployment ? chargedCost(usage, meter, deployment, record, facts, bill.termsOf) : NO_COST
  bill.isEstimated ||= meter.usage === undefined || meter.isPartial === true
  bill.cost = bill.usage ? addCost(bill.cost, cost) : cost
  bill.usage = bill.usage ? addUsage(bill.usage, usage) : usage
  return cost
}

/** How often a call was tried again within a group; a hedge is no retry. */
export function retriesOf({ routing, attempts, fallbacks }: CallRecord): number {
  if (routing === undefined) return Math.max(attempts.length - 1 - fallbacks, 0)
  if (attempts.length < 2) return 0
  return routing.visits.reduce((sum, visit) => {
    const own = visit.attempts.filter(({ hedge }) => !hedge).length
    return sum + Math.max(own - 1, 0)
  }, 0)
}
