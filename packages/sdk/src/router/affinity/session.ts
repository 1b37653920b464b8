import type { Affinity } from './affinity.ts'
import { habitOf } from './habit.ts'

/** Calls of one session (`x-litellm-session-id`, `metadata.session_id`) stay with a deployment of the group. */
export const session: Affinity = {
  name: 'session',
  most: 1,
  keysOf: ({ group, sessionId }) => habitOf(group, sessionId),
}
