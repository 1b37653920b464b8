import { endpoints } from '../endpoints/registry.ts'
import { estimateWorstCase } from '../models/cost.ts'
import { maxOutputTokens } from '../models/model-facts.ts'
import { type TermsOf, worstWithTerms } from '../models/terms/price-terms.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Units } from '../types/units.ts'
import type { FactsOf } from './charge.ts'

/** A request before it is sent. */
export interface WorstCaseAsk {
  readonly endpoint: EndpointName
  readonly request: JsonObject
  readonly inputTokens: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Output tokens of an answer when neither the request nor the model states a limit. */
  readonly defaultMaxOutputTokens: number
}

/** The most an answer of a deployment may cost. */
export interface WorstCase {
  /** Output tokens, all answers together. */
  readonly outputTokens: number
  /** Nano-dollars; undefined when the price is unknown. */
  readonly nanoUsd: number | undefined
}

/** The prompt, and the longest answer it may get by its own limit, the model's or the default, at a deployment's price. */
export function worstCaseAt(
  deployment: Deployment,
  ask: WorstCaseAsk,
  factsOf: FactsOf,
  termsOf?: TermsOf,
): WorstCase {
  const { request, inputTokens, now } = ask
  const endpoint = endpoints[ask.endpoint]
  const facts = factsOf(deployment, endpoint.priceVariants?.(request as never, undefined))
  const stated = endpoint.maxOutputTokens(request as never)
  const outputTokens = stated ?? answersOf(request) * (maxOutputTokens(facts) ?? ask.defaultMaxOutputTokens)
  const units = atLeastOne(endpoint.units?.(request as never, undefined))
  const listed = worstTier(
    serviceTier => estimateWorstCase(inputTokens, outputTokens, facts?.price, { now, serviceTier, units }),
    request,
  )
  return { outputTokens, nanoUsd: worstWithTerms(listed, termsOf?.(deployment.provider)) }
}

/**
 * Amounts of which a request says nothing that is an amount (`pages: []`, `seconds: "0"`) are one, not none: a claim of
 * nothing would pass every budget.
 */
function atLeastOne(units: Units | undefined): Units | undefined {
  if (units === undefined) return undefined
  return Object.fromEntries(
    Object.entries(units).map(([name, amount]) => [name, amount !== undefined && amount > 0 ? amount : 1]),
  )
}

/** The dearer of the standard tier and the one that was asked for: a provider may serve either. */
function worstTier(
  price: (tier: string | undefined) => number | undefined,
  { service_tier: tier }: JsonObject,
): number | undefined {
  const standard = price(undefined)
  if (standard === undefined || typeof tier !== 'string') return standard
  return Math.max(standard, price(tier) ?? 0)
}

/** How many answers one call brings; each may be as long as the model allows. */
function answersOf({ n }: JsonObject): number {
  return typeof n === 'number' && n > 1 ? n : 1
}
