import type { Report } from '../report.ts'
import type { ConfigNode } from '../source/node.ts'
import type { ValueType } from './row.ts'
import { list, refuse, text } from './types.ts'

const groups = list(text)

/** LiteLLM's `[{ "group": ["other", "third"] }]`, read into a map. A group written twice is refused. */
export const fallbacks: ValueType<ReadonlyMap<string, readonly string[]>> = {
  name: 'a list of { group: [other groups] }',
  example: '[{ "gpt-4o": ["claude"] }]',
  read(node, key, report) {
    if (node.kind !== 'list') return refuse(fallbacks, node, key, report)
    const result = new Map<string, readonly string[]>()
    node.items.forEach((item, index) => {
      readItem(item, `${key}[${index}]`, result, report)
    })
    return result
  },
}

function readItem(item: ConfigNode, key: string, into: Map<string, readonly string[]>, report: Report): void {
  if (item.kind !== 'map' || item.entries.size !== 1) {
    report.problem(item.place, key, 'expected a map with one group as its key', 'Write - gpt-4o: [claude].')
    return
  }
  for (const [group, entry] of item.entries) {
    const targets = groups.read(entry.value, `${key}.${group}`, report)
    if (into.has(group))
      report.problem(entry.place, `${key}.${group}`, 'this group has an entry above', 'Join the two lists.')
    else if (targets) into.set(group, targets)
  }
}
