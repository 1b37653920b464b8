import { type AffinityName, type StrategyName, strategies } from 'sluice/internal'
import { type ModuleName, readModuleName } from '../load-module.ts'
import type { ValueType } from './row.ts'
import { choice, list, refuse, text } from './types.ts'

/**
 * Words of which some have their effect; for those that are known but have none yet there is a warning, and `instead`
 * stands.
 */
function partly<T extends string>(
  name: string,
  working: readonly [T, ...T[]],
  known: readonly string[],
  instead: T | undefined,
): ValueType<T> {
  const type: ValueType<T> = {
    name,
    example: working[0],
    read(node, key, report) {
      const value = text.read(node, key, report)
      const found = working.find(word => word === value)
      if (value === undefined || found) return found
      if (!known.includes(value)) return refuse(type, node, key, report)
      const remedy = instead === undefined ? 'It is left out.' : `${instead} is used.`
      report.warn(node.place, key, `${value} is accepted but has no effect yet`, remedy)
      return instead
    },
  }
  return type
}

const STRATEGIES = Object.keys(strategies) as [StrategyName, ...StrategyName[]]
const LATER_STRATEGIES = ['provider-budget-routing']

const namedStrategy = partly(
  `one of ${[...STRATEGIES, ...LATER_STRATEGIES].join(', ')}, or a module such as ./my-strategy.mjs`,
  STRATEGIES,
  LATER_STRATEGIES,
  'simple-shuffle',
)

/** By name alone. */
export const routingStrategyName = namedStrategy

/** The way a deployment is chosen, by name or by a module of the operator's own. */
export const routingStrategy: ValueType<StrategyName | ModuleName> = {
  ...namedStrategy,
  read(node, key, report) {
    const written = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
    return readModuleName(written, node.place, key) ?? namedStrategy.read(node, key, report)
  },
}

/** LiteLLM's word → what it keeps a call by. */
const AFFINITIES = {
  encrypted_content_affinity: 'encrypted-content',
  session_affinity: 'session',
  prompt_caching: 'prompt-cache',
  deployment_affinity: 'deployment',
} as const satisfies Readonly<Record<string, AffinityName>>

/** Budgets hold wherever they are stated, so asking for it changes nothing; LiteLLM adds it by itself. */
const BUDGET_CHECK = 'router_budget_limiting'

const LATER_CHECKS = ['responses_api_deployment_check', 'forward_client_headers_by_model_group']

const AFFINITY_CHECKS = Object.keys(AFFINITIES) as [keyof typeof AFFINITIES, ...(keyof typeof AFFINITIES)[]]

/** Looks before the choice, beside those that `enable_pre_call_checks` switches on. */
export const preCallChecks = list(
  partly(
    `one of enforce_model_rate_limits, ${[...AFFINITY_CHECKS, BUDGET_CHECK, ...LATER_CHECKS].join(', ')}`,
    ['enforce_model_rate_limits', BUDGET_CHECK, ...AFFINITY_CHECKS],
    LATER_CHECKS,
    undefined,
  ),
)

/** Those of the checks that keep calls where they were, in the router's words. */
export function affinitiesOf(checks: readonly string[] = []): readonly AffinityName[] {
  return AFFINITY_CHECKS.filter(check => checks.includes(check)).map(check => AFFINITIES[check])
}

const WORKING_CALLBACKS = ['prometheus']

const callback: ValueType<string> = {
  name: 'the name of a callback',
  example: 'prometheus',
  read(node, key, report) {
    const value = text.read(node, key, report)
    if (value !== undefined && !WORKING_CALLBACKS.includes(value))
      report.accepted(node.place, `${key} (${value})`)
    return value
  },
}

/** Names of loggers; those that do not exist yet are noted. */
export const callbackNames = list(callback)

const stores = choice(
  'local',
  'redis',
  'redis-semantic',
  'qdrant-semantic',
  's3',
  'gcs',
  'disk',
  'azure-blob',
)

/** Where answers are cached. Only Redis is used yet, and for other things. */
export const cacheStore: typeof stores = {
  ...stores,
  read(node, key, report) {
    const value = stores.read(node, key, report)
    if (value !== undefined && value !== 'redis') report.accepted(node.place, `${key} (${value})`)
    return value
  },
}
