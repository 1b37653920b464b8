import { lowest } from './lowest.ts'
import type { CreateStrategy } from './strategy.ts'

/** The deployment that used the fewest tokens in this minute, then the one with the fewest requests. */
const usageBased =
  (name: string): CreateStrategy =>
  (_args, { random }) => ({
    name,
    enforcesRates: true,
    comparesAll: true,
    countsTokens: true,
    pick: (candidates, { now }) =>
      lowest(candidates, ({ load: { usage } }) => usage.tokens(now) + usage.requests(now) / REQUESTS, random),
  })

/** More requests than fit in a minute: they only decide among equals. */
const REQUESTS = 1e9

export const createUsageBased: CreateStrategy = usageBased('usage-based-routing')
/** LiteLLM's second version counts in shared storage; in one process both are the same. */
export const createUsageBasedV2: CreateStrategy = usageBased('usage-based-routing-v2')
