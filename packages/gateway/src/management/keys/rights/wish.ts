import type { Reach } from '../../../auth/access/access-rule.ts'
import type { OtherNames } from '../../../auth/authorize-model.ts'
import type { Caller } from '../../../auth/caller.ts'
import type { KeyRow } from '../../../db/rows.ts'
import type { CallerAccounts } from '../../../limits/subjects.ts'

/** One wish to make a key, or to change one, and whose it is. */
export interface Wish {
  readonly caller: Caller
  /** How the caller reaches the key. */
  readonly reach: Reach
  /** The key as it is; undefined for a new one. */
  readonly before: KeyRow | undefined
  /** The key as it would be. */
  readonly after: KeyRow
  /** Those the key would belong to, as the database knows them. */
  readonly holders: CallerAccounts
  /** What models may be known by: access groups, aliases of all. */
  readonly names: OtherNames
  /** True when the answer shows a secret to the caller. */
  readonly showsSecret: boolean
}

/** Whoever comes to a key this way is an admin of what it lies in. */
export function isAbove(reach: Reach): boolean {
  return reach === 'any' || reach === 'organization' || reach === 'team'
}

export { beyondRights as refused } from '../../limit-bounds.ts'
