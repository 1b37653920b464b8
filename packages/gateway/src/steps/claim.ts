import {
  type Endpoint,
  type EndpointName,
  endpoints,
  estimateRequestTokens,
  estimateWorstCase,
  factsOfDeployment,
  type JsonObject,
  maxOutputTokens,
  namedFallbacks,
  type RequestOf,
} from 'sluice/internal'
import type { Caller } from '../auth/caller.ts'
import type { Claim } from '../limits/limiter.ts'
import type { InferenceRequest } from './inference-request.ts'
import type { Stages } from './stages.ts'
import type { Asked } from './understand.ts'

/** A limiter's claim, with the part that stands for the prompt. */
export interface CallClaim extends Claim {
  readonly inputTokens: number
}

/**
 * The worst case of a call: its prompt, and the longest answer it may get by its own limit, the model's, or the
 * gateway's default; at the price of the dearest deployment it may end at, fallbacks included, as often as it may be
 * charged. A deployment without a
 * known price adds nothing to what is spent, so it adds nothing here.
 */
export function claimOf<E extends EndpointName>(
  asked: Asked<E>,
  from: InferenceRequest<E>,
  caller: Caller,
  now: number,
  { routes, catalogue, settings }: Pick<Stages, 'routes' | 'catalogue' | 'settings'>,
): CallClaim {
  const endpoint: Endpoint<E> = endpoints[from.open.endpoint]
  if (endpoint.isFree)
    return { now, subjects: caller.subjects, tokens: 0, inputTokens: 0, nanoUsd: 0, model: asked.model }
  const requests = requestsOf(asked)
  const inputTokens = Math.max(...requests.map(estimateRequestTokens))
  const stated = mostOf(requests.map(request => endpoint.maxOutputTokens(request)))
  const answers = Math.max(...requests.map(answersOf))
  const units = atLeastOne(endpoint.units?.(asked.request, undefined))
  const variants = endpoint.priceVariants?.(asked.request, undefined)
  let nanoUsd: number | undefined
  let tokens = inputTokens
  for (const deployment of routes.reachable(asked.route)) {
    const facts = factsOfDeployment(catalogue, deployment, variants)
    const output = stated ?? answers * (maxOutputTokens(facts) ?? settings.limits.defaultMaxOutputTokens)
    tokens = Math.max(
      tokens,
      inputTokens + (stated ?? Math.min(output, settings.limits.defaultMaxOutputTokens)),
    )
    const worst = worstAt(
      tier => estimateWorstCase(inputTokens, output, facts?.price, { now, serviceTier: tier, units }),
      asked.request,
    )
    if (worst !== undefined) nanoUsd = Math.max(nanoUsd ?? 0, worst * routes.mostCharged)
  }
  return { now, subjects: caller.subjects, tokens, inputTokens, nanoUsd, model: asked.model }
}

/** What is asked, and what a fallback may be asked instead. */
function requestsOf<E extends EndpointName>({ request, route }: Asked<E>): readonly RequestOf<E>[] {
  const others = namedFallbacks(route).flatMap(({ params }) => (params ? [{ ...request, ...params }] : []))
  return [request, ...others]
}

/** The largest, when all are stated. */
function mostOf(numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce((most, next) =>
    most === undefined || next === undefined ? undefined : Math.max(most, next),
  )
}

type Units = NonNullable<ReturnType<NonNullable<Endpoint<EndpointName>['units']>>>

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
function worstAt(
  price: (tier: string | undefined) => number | undefined,
  { service_tier: tier }: JsonObject,
): number | undefined {
  const standard = price(undefined)
  if (standard === undefined || typeof tier !== 'string') return standard
  return Math.max(standard, price(tier) ?? 0)
}

/** How many answers one call brings; each may be as long as the model allows. */
function answersOf(request: JsonObject): number {
  const { n } = request
  return typeof n === 'number' && n > 1 ? n : 1
}
