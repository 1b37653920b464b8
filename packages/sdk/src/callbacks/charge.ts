import { endpoints } from '../endpoints/registry.ts'
import { costOf } from '../models/cost.ts'
import type { ModelFacts } from '../models/model-facts.ts'
import { reportedCost } from '../models/reported-cost.ts'
import { type TermsOf, withTerms } from '../models/terms/price-terms.ts'
import { providers } from '../providers/registry.ts'
import type { CallRecord, Cost } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Meter } from '../types/meter.ts'
import type { Usage } from '../types/usage.ts'

/** Characters that stand for one token where nobody counted. */
const CHARACTERS_PER_TOKEN = 4

/** What is charged when the provider did not say. */
export interface Estimate {
  /** Tokens of the prompt, counted by us. */
  readonly promptTokens: number
}

/** What is known of a deployment's model, `variants` of its name first. */
export type FactsOf = (deployment: Deployment, variants?: readonly string[]) => ModelFacts | undefined

/** The tokens one attempt is charged for: the provider's numbers, or an estimate from what was seen. */
export function chargedUsage(meter: Meter, estimate: Estimate): Usage {
  return meter.usage ? toldUsage(meter.usage, meter) : estimatedUsage(meter, estimate)
}

/** What one attempt at a deployment cost: by its price or by what the provider says it charged, on the operator's terms. */
export function chargedCost(
  usage: Usage,
  meter: Meter,
  deployment: Deployment,
  { endpoint, startedAt: now }: Pick<CallRecord, 'endpoint' | 'startedAt'>,
  factsOf: FactsOf,
  termsOf?: TermsOf,
): Cost {
  if (endpoints[endpoint].isFree) return { state: 'known', nanoUsd: 0, inputNanoUsd: 0, outputNanoUsd: 0 }
  const facts = factsOf(deployment, meter.priceVariants)
  const { provider, modelInfo } = deployment
  const listed = costOf(usage, facts?.price, {
    now,
    provider,
    serviceTier: meter.serviceTier,
    units: meter.units,
  })
  const reports = meter.usage !== undefined && providers.get(provider)?.reportsCost
  const cost = (reports && reportedCost(usage, listed, modelInfo)) || listed
  return withTerms(cost, termsOf?.(provider))
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
