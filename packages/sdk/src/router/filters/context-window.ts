import type { Filter } from './filter.ts'

/** The estimate is rather above than below: what exceeds a limit by less may still fit. */
const MARGIN = 1.1

/** Leaves out deployments whose `max_input_tokens` the prompt exceeds, by a fast estimate. */
export const contextWindow: Filter = {
  name: 'context-window',
  prepare(ask, _candidates, settings) {
    if (!settings.enablePreCallChecks) return undefined
    let tokens: number | undefined
    return ({ deployment }) => {
      const limit = ask.facts(deployment)?.max_input_tokens
      if (limit === undefined) return undefined
      tokens ??= Math.ceil(ask.inputTokens() / MARGIN)
      return tokens > limit ? `the prompt has about ${tokens} tokens, it takes ${limit}` : undefined
    }
  },
}
