import type { AccountKind, AccountRow } from '../../db/rows.ts'

/** One kind of account as the management speaks of it. */
export interface AccountSubject {
  readonly kind: AccountKind
  /** LiteLLM's table, for the audit log: `LiteLLM_TeamTable`. */
  readonly table: string
  /** For messages: `Team`. */
  readonly noun: string
  /** LiteLLM's name of its id: `team_id`. */
  readonly idField: string
  /** The row in LiteLLM's names, as it is answered and audited. */
  readonly answer: (row: AccountRow) => object
}
