import type { Report } from '../report.ts'
import { type ConfigNode, type Entry, eachScalar, type MapNode, type ScalarNode } from './node.ts'

/** A variable's value by name; config keeps its own and hands it to credential look-ups. */
export type Environment = ReadonlyMap<string, string>

const REFERENCE = 'os.environ/'

/** The process environment with the file's `environment_variables` laid over it, as LiteLLM exports them first. */
export function resolveEnvironment(root: MapNode, outside: Environment, report: Report): Environment {
  const section = root.entries.get('environment_variables')?.value
  const environment = new Map(outside)
  if (section?.kind !== 'map') return environment
  for (const [name, entry] of section.entries) {
    const key = `environment_variables.${name}`
    if (entry.value.kind !== 'scalar') {
      report.problem(entry.value.place, key, 'expected text', `Write ${name}: "value".`)
      continue
    }
    const resolved = resolveScalar(entry.value, outside)
    if (resolved.unset) {
      report.warn(
        resolved.place,
        key,
        `environment variable ${resolved.variable} is not set`,
        `Set ${resolved.variable}.`,
      )
    } else if (resolved.value !== null)
      environment.set(name, resolved.variable ? String(resolved.value) : resolved.text)
  }
  return environment
}

/** Replaces every `os.environ/NAME` below `node`. A variable that is not set, or empty, becomes an unset null. */
export function resolveReferences(node: ConfigNode, environment: Environment): ConfigNode {
  if (node.kind === 'scalar') return resolveScalar(node, environment)
  if (node.kind === 'list')
    return { ...node, items: node.items.map(item => resolveReferences(item, environment)) }
  return resolveMap(node, environment)
}

/** As `resolveReferences`, for a map. */
export function resolveMap(node: MapNode, environment: Environment): MapNode {
  const entries = new Map<string, Entry>()
  for (const [key, entry] of node.entries) {
    entries.set(key, { place: entry.place, value: resolveReferences(entry.value, environment) })
  }
  return { ...node, entries }
}

function resolveScalar(node: ScalarNode, environment: Environment): ScalarNode {
  if (typeof node.value !== 'string' || !node.value.startsWith(REFERENCE)) return node
  const variable = node.value.slice(REFERENCE.length)
  const value = environment.get(variable)
  if (value === undefined || value === '') return { ...node, value: null, text: '', variable, unset: true }
  return { ...node, value, text: value, variable }
}

/** Names every variable that is not set and that no reader has dealt with. */
export function warnUnset(root: ConfigNode, report: Report): void {
  eachScalar(root, '', (node, key) => {
    if (!node.unset || report.settled.has(node)) return
    report.settled.add(node)
    const remedy = `Set ${node.variable}, or take the line out.`
    report.warn(
      node.place,
      key,
      `environment variable ${node.variable} is not set; the setting is left out`,
      remedy,
    )
  })
}
