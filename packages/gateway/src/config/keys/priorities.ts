import { isJsonObject } from 'sluice/internal'
import type { PriorityShare } from '../settings.ts'
import { toJson } from '../source/node.ts'
import { objectOf } from './read-section.ts'
import { type Section, type ValueType, works } from './row.ts'
import { fraction, map, refuse } from './types.ts'

/** One share: a part from 0 to 1, or LiteLLM's `{ type, value }`. */
const share: ValueType<PriorityShare> = {
  name: 'a number from 0 to 1, or { type: percent, rpm or tpm, value: a number ≥ 0 }',
  example: '0.9',
  read(node, key, report) {
    const said: unknown = toJson(node)
    if (typeof said === 'number' && said >= 0 && said <= 1) return { type: 'percent', value: said }
    if (!isJsonObject(said)) return refuse(share, node, key, report)
    const { type, value } = said
    if (type !== 'percent' && type !== 'rpm' && type !== 'tpm') return refuse(share, node, key, report)
    const isAmount = typeof value === 'number' && value >= 0 && (type !== 'percent' || value <= 1)
    return isAmount ? { type, value } : refuse(share, node, key, report)
  },
}

/** Priority → its share. */
export const priorityShares = map(share)

/** How the shares work. */
export const prioritySettings = {
  name: 'litellm_settings.priority_reservation_settings',
  doc: 'How shares by priority work.',
  rows: {
    default_priority: works(fraction, 'Share of keys without a priority.', 'limits.priorities'),
    saturation_threshold: works(
      fraction,
      'From this use of the whole on shares are strict.',
      'limits.priorities',
    ),
  },
} as const satisfies Section

export const priorityRules = objectOf(prioritySettings)
