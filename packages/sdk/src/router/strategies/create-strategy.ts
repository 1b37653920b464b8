import type { Deployment } from '../../types/deployment.ts'
import type { RoutingHost } from '../route.ts'
import { ROUTING_DEFAULTS, type RoutingSettings } from '../settings.ts'
import { GuardedStrategy } from './guarded-strategy.ts'
import { strategies } from './registry.ts'
import { createSimpleShuffle } from './simple-shuffle.ts'
import type { RoutingStrategy } from './strategy.ts'
import { tokenPriceOf } from './token-price.ts'

/** The strategy the settings name, or bring; one of the user's own cannot make a call fail. */
export function createStrategy(
  { strategy = ROUTING_DEFAULTS.strategy, strategyArgs = {} }: RoutingSettings,
  { random, now, facts, onStrategyFault }: RoutingHost,
): RoutingStrategy {
  const tokenPrice = (deployment: Deployment) => tokenPriceOf(facts?.(deployment))
  const host = { random, tokenPrice }
  if (typeof strategy === 'string') return strategies[strategy](strategyArgs, host)
  const own = typeof strategy === 'function' ? strategy(strategyArgs, host) : strategy
  return new GuardedStrategy(own, createSimpleShuffle(strategyArgs, host), { now, tell: onStrategyFault })
}
