import type { Callback, Catalogue, RouteTable } from 'sluice/internal'
import type { AccessGroupBook } from '../auth/access-groups/access-group-book.ts'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Settings } from '../config/settings.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { EndUserBudget } from '../limits/subjects/end-user-budget.ts'
import type { NamedAccounts } from '../limits/subjects/named-accounts.ts'
import type { Ledger } from '../spend/ledger.ts'
import type { Faults } from './faults.ts'

/** The stages a call walks through. Settings and routes are swapped whole on reload. */
export interface Stages {
  readonly settings: Settings
  readonly routes: RouteTable
  readonly catalogue: Catalogue
  readonly authenticate: Authenticator['authenticate']
  readonly accessGroups: Pick<AccessGroupBook, 'of' | 'isComplete'>
  readonly named: Pick<NamedAccounts, 'of'>
  /** What customers without limits of their own go by. */
  readonly endUserBudget: Pick<EndUserBudget, 'row'>
  readonly limiter: Limiter
  readonly ledger: Ledger
  readonly callbacks: readonly Callback[]
  readonly faults: Pick<Faults, 'note'>
  readonly now: () => number
}
