import type { Affinity } from './affinity.ts'
import { habitOf } from './habit.ts'

/** Calls with one key stay with a deployment of the group. A bare SDK has no keys. */
export const deployment: Affinity = {
  name: 'deployment',
  most: 1,
  keysOf: ({ group, keyHash }) => habitOf(group, keyHash),
}
