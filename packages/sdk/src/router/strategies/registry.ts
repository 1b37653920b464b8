import { createCostBased } from './cost-based.ts'
import { createLatencyBased } from './latency-based.ts'
import { createLeastBusy } from './least-busy.ts'
import { createP2c } from './p2c.ts'
import { createSimpleShuffle } from './simple-shuffle.ts'
import type { CreateStrategy } from './strategy.ts'
import { createUsageBased, createUsageBasedV2 } from './usage-based.ts'

/** Every strategy by the name it has in `routing_strategy`. */
export const strategies = {
  'simple-shuffle': createSimpleShuffle,
  'least-busy': createLeastBusy,
  'usage-based-routing': createUsageBased,
  'usage-based-routing-v2': createUsageBasedV2,
  'latency-based-routing': createLatencyBased,
  'cost-based-routing': createCostBased,
  p2c: createP2c,
} as const satisfies Readonly<Record<string, CreateStrategy>>

export type StrategyName = keyof typeof strategies
