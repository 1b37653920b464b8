import type { Affinity } from './affinity.ts'
import { habitOf } from './habit.ts'

/**
 * Calls of one session (`x-litellm-session-id`, `metadata.session_id`) stay with a deployment of the group. Callers choose
 * the names: what another key calls by the same one is another session.
 */
export const session: Affinity = {
  name: 'session',
  most: 1,
  keysOf: ({ group, sessionId, keyHash = '' }) => habitOf(group, sessionId && `${keyHash}\0${sessionId}`),
}
