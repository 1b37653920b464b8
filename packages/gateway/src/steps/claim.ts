import {
  type Endpoint,
  type EndpointName,
  endpoints,
  estimateRequestTokens,
  type FactsOf,
  factsOfDeployment,
  namedFallbacks,
  type RequestOf,
  worstCaseAt,
} from 'sluice/internal'
import type { Caller } from '../auth/caller.ts'
import { type CallFacts, callSubjects } from '../limits/call-subjects.ts'
import type { Claim } from '../limits/limiter.ts'
import { ratesOf } from '../limits/subjects/priority-subjects.ts'
import type { InferenceRequest } from './inference-request.ts'
import type { Stages } from './stages.ts'
import type { Asked } from './understand.ts'

/** A limiter's claim, with the part that stands for the prompt. */
export interface CallClaim extends Claim {
  readonly inputTokens: number
}

/** The customer a call names, and what is known of those it names. */
export type NamedBy = Pick<CallFacts, 'customerId' | 'named' | 'tags' | 'endUserBudget'>

const NOBODY: NamedBy = { customerId: undefined, named: { tags: [] } }

/**
 * The worst case of a call: its prompt, and the longest answer it may get by its own limit, the model's, or the
 * gateway's default; at the price of the dearest deployment it may end at, fallbacks included, as often as it may be
 * charged. A deployment without a known price adds nothing to what is spent, so it adds nothing here.
 */
export function claimOf<E extends EndpointName>(
  asked: Asked<E>,
  from: InferenceRequest<E>,
  caller: Caller,
  now: number,
  { routes, catalogue, settings }: Pick<Stages, 'routes' | 'catalogue' | 'settings'>,
  named: NamedBy = NOBODY,
): CallClaim {
  const endpoint: Endpoint<E> = endpoints[from.open.endpoint]
  const { model } = asked
  const subjects = callSubjects(caller, {
    ...{ model, ...named, settings: settings.limits },
    isStrained: () => routes.isStrained(model),
    rates: () => ratesOf(routes.deploymentsOf(model)),
  })
  const { tokenType } = settings.limits
  if (endpoint.isFree) return { now, subjects, tokens: 0, inputTokens: 0, nanoUsd: 0, model, tokenType }
  const requests = requestsOf(asked)
  const { defaultMaxOutputTokens } = settings.limits
  const inputTokens = Math.max(...requests.map(estimateRequestTokens))
  const stated = requests.map(request => endpoint.maxOutputTokens(request))
  const facts: FactsOf = (deployment, variants) => factsOfDeployment(catalogue, deployment, variants)
  const most = routes.mostCharged(asked.route)
  let nanoUsd: number | undefined
  let tokens = inputTokens
  for (const deployment of routes.reachable(asked.route)) {
    for (const [index, request] of requests.entries()) {
      const ask = { endpoint: endpoint.name, request, inputTokens, now, defaultMaxOutputTokens }
      const worst = worstCaseAt(deployment, ask, facts, catalogue.termsOf)
      const output = stated[index] ?? Math.min(worst.outputTokens, defaultMaxOutputTokens)
      tokens = Math.max(tokens, inputTokens + output)
      if (worst.nanoUsd !== undefined) nanoUsd = Math.max(nanoUsd ?? 0, worst.nanoUsd * most)
    }
  }
  return { now, subjects, tokens, inputTokens, nanoUsd, model, tokenType }
}

/** What is asked, and what a fallback may be asked instead. */
function requestsOf<E extends EndpointName>({ request, route }: Asked<E>): readonly RequestOf<E>[] {
  const others = namedFallbacks(route).flatMap(({ params }) => (params ? [{ ...request, ...params }] : []))
  return [request, ...others]
}
