import type { RoutingHost } from '../route.ts'
import type { RoutingSettings } from '../settings.ts'
import { createStrategy } from './create-strategy.ts'
import type { StrategyName } from './registry.ts'
import type { RoutingStrategy, StrategyArgs } from './strategy.ts'

/** A strategy for some groups alone: LiteLLM's `routing_groups`. */
export interface RoutingGroup {
  /** Names of model groups; those that share it share its memory. */
  readonly models: readonly string[]
  readonly strategy: StrategyName
  readonly strategyArgs?: StrategyArgs | undefined
}

/** Which strategy chooses in which group. */
export class StrategyBook {
  private readonly usual: RoutingStrategy
  private readonly byGroup = new Map<string, RoutingStrategy>()

  constructor(settings: RoutingSettings, host: RoutingHost) {
    this.usual = createStrategy(settings, host)
    for (const { models, ...own } of settings.routingGroups ?? []) {
      const strategy = createStrategy({ ...settings, ...own }, host)
      for (const model of models) this.byGroup.set(model, strategy)
    }
  }

  of(group: string | undefined): RoutingStrategy {
    return (group !== undefined && this.byGroup.get(group)) || this.usual
  }
}
