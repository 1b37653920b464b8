import { type CreateStrategy, isJsonObject, type RoutingStrategy, type StrategyName } from 'sluice/internal'
import { loadModule, type ModuleName, type ModuleShape, said } from './load-module.ts'
import type { Report } from './report.ts'

/** A strategy in words, or one that a module brings. */
export type StrategySetting = StrategyName | CreateStrategy

const shape: ModuleShape<CreateStrategy> = {
  example: "export default () => ({ name: 'mine', pick: candidates => candidates[0] })",
  read(exported) {
    if (typeof exported !== 'function') return readStrategy(exported)
    try {
      // Made once to look at it: a wrong one must refuse the start, not the first call.
      const read = readStrategy(
        (exported as CreateStrategy)({}, { random: Math.random, tokenPrice: () => undefined }),
      )
      return 'value' in read
        ? { value: exported as CreateStrategy }
        : { problem: `makes what ${read.problem}` }
    } catch (error) {
      return { problem: `threw ${said(error)}` }
    }
  },
}

function readStrategy(value: unknown): ReturnType<typeof shape.read> {
  if (!isJsonObject(value)) return { problem: `is ${kindOf(value)}, and no strategy` }
  const { name, pick, observe } = value
  if (typeof pick !== 'function') return { problem: `has no function pick (it is ${kindOf(pick)})` }
  if (typeof name !== 'string' || name === '') return { problem: `has no name (it is ${kindOf(name)})` }
  if (observe !== undefined && typeof observe !== 'function')
    return { problem: `has an observe that is ${kindOf(observe)}` }
  // As a function it is left alone where settings are frozen: a strategy may keep state of its own.
  return { value: () => value as unknown as RoutingStrategy }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : value instanceof Promise ? 'a promise' : `a ${typeof value}`
}

/** The strategy of `routing_strategy`, its module loaded. Undefined when none is set, or its module is refused. */
export async function loadStrategy(
  setting: StrategyName | ModuleName | undefined,
  report: Report,
): Promise<StrategySetting | undefined> {
  return typeof setting === 'object' ? loadModule(setting, shape, report) : setting
}
