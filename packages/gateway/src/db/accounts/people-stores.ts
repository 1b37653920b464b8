import { createAccessGroupStore } from '../access-groups/access-group-store.ts'
import { createBudgetStore } from '../budgets/budget-store.ts'
import type { Connection } from '../connection.ts'
import { createCredentialStore } from '../credentials/credential-store.ts'
import { createInvitationStore } from '../invitations/invitation-store.ts'

/** What accounts share and are invited by. */
export function createPeopleStores(connection: Connection) {
  return {
    accessGroups: createAccessGroupStore(connection),
    credentials: createCredentialStore(connection),
    invitations: createInvitationStore(connection),
    budgets: createBudgetStore(connection),
  }
}
