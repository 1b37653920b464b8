import type { ConfigNode } from '../source/node.ts'
import { objectOf } from './read-section.ts'
import { type Section, type ValueType, works } from './row.ts'
import { amount, fraction, map, mapOr } from './types.ts'

/** A margin in parts: what is charged on top of every call to a provider. */
const costMargin = {
  name: 'litellm_settings.cost_margin_config.<provider>',
  doc: 'What is charged on top of the price of calls to one provider, or to all that have none of their own (`global`).',
  rows: {
    percentage: works(amount, 'Part of the price: 0.1 is ten percent.', 'prices.terms'),
    fixed_amount: works(amount, 'Dollars for every attempt that is charged.', 'prices.terms'),
  },
} as const satisfies Section

/** provider → the part of its price that is not paid. */
export const costDiscounts = map(fraction)

/** provider or `global` → the part of the price that is charged on top, alone or with a fixed amount. */
export const costMargins = map(mapOr(objectOf(costMargin), amount))

/** A duration in LiteLLM's words, or a number of seconds. */
export function orSeconds(duration: ValueType<string>): ValueType<string> {
  const isNumber = (node: ConfigNode) => node.kind === 'scalar' && /^\d{1,9}$/.test(String(node.value))
  return {
    ...duration,
    read: (node, key, report) =>
      isNumber(node) && node.kind === 'scalar' && Number(node.value) > 0
        ? `${String(node.value)}s`
        : duration.read(node, key, report),
  }
}
