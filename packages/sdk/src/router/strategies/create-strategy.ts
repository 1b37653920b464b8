import type { Deployment } from '../../types/deployment.ts'
import type { RoutingHost } from '../route.ts'
import { ROUTING_DEFAULTS, type RoutingSettings } from '../settings.ts'
import { strategies } from './registry.ts'
import type { RoutingStrategy } from './strategy.ts'

/** The strategy the settings name, or bring. */
export function createStrategy(
  { strategy = ROUTING_DEFAULTS.strategy, strategyArgs = {} }: RoutingSettings,
  { random, facts }: RoutingHost,
): RoutingStrategy {
  if (typeof strategy !== 'string') return strategy
  const tokenPrice = (deployment: Deployment): number | undefined => {
    const { input_cost_per_token: input, output_cost_per_token: output } = facts?.(deployment) ?? {}
    return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0)
  }
  return strategies[strategy](strategyArgs, { random, tokenPrice })
}
