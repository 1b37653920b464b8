import type { ModelFacts } from '../../models/model-facts.ts'

/** Dollars for one input and one output token together; undefined when nobody knows. */
export function tokenPriceOf(facts: ModelFacts | undefined): number | undefined {
  const { input_cost_per_token: input, output_cost_per_token: output } = facts ?? {}
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0)
}
