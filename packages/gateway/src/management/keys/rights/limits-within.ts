import { limitsNoLooser } from '../../limit-bounds.ts'
import type { Wish } from './wish.ts'

/** A key's limits are no looser than those of the key that makes or changes it, nor than they were. */
export function limitsWithin({ caller, before, after }: Wish): void {
  if (caller.key !== undefined) limitsNoLooser(after, caller.key, 'those of your own key')
  if (before !== undefined) limitsNoLooser(after, before, 'what the key has')
}
