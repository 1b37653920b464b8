import type { ValueType } from './row.ts'
import { list, refuse, text } from './types.ts'

/** Words of which some have their effect and the others are known but have none yet. */
function partly(name: string, working: readonly string[], known: readonly string[]): ValueType<string> {
  const type: ValueType<string> = {
    name,
    example: working[0] ?? '',
    read(node, key, report) {
      const value = text.read(node, key, report)
      if (value === undefined || working.includes(value)) return value
      if (!known.includes(value)) return refuse(type, node, key, report)
      report.warn(node.place, key, `${value} is accepted but has no effect yet`, `${working[0]} is used.`)
      return working[0]
    },
  }
  return type
}

/** The way a deployment is chosen; strategies that do not exist yet fall back to the first working one, with a warning. */
export const routingStrategy = partly(
  'one of simple-shuffle, least-busy, usage-based-routing, usage-based-routing-v2, latency-based-routing, cost-based-routing, provider-budget-routing',
  ['simple-shuffle'],
  [
    'least-busy',
    'usage-based-routing',
    'usage-based-routing-v2',
    'latency-based-routing',
    'cost-based-routing',
    'provider-budget-routing',
  ],
)

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
