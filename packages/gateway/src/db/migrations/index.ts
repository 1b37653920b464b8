import type { Kysely } from 'kysely'
import { initial } from './0001-initial.ts'
import { weightsAndFeedback } from './0002-weights-and-feedback.ts'
import { budgetSpend } from './0003-budget-spend.ts'
import { people } from './0004-people.ts'
import { keys } from './0005-keys.ts'
import { audit } from './0006-audit.ts'
import { spendPartitions } from './0007-spend-partitions.ts'
import { invoices } from './0008-invoices.ts'
import { signIn } from './0010-sign-in.ts'
import { litellmImports } from './0011-litellm-imports.ts'
import { books } from './0013-books.ts'
import { lists } from './0014-lists.ts'
import { organizationMembers } from './0015-organization-members.ts'
import { spendGrain } from './0017-spend-grain.ts'
import { identities } from './0018-identities.ts'

/** One step of the schema, in SQL that both dialects speak. Released steps never change. */
export interface Migration {
  readonly name: string
  up(database: Kysely<unknown>): Promise<void>
}

/** In the order they run. */
export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-initial', up: initial },
  { name: '0002-weights-and-feedback', up: weightsAndFeedback },
  { name: '0003-budget-spend', up: budgetSpend },
  { name: '0004-people', up: people },
  { name: '0005-keys', up: keys },
  { name: '0006-audit', up: audit },
  { name: '0007-spend-partitions', up: spendPartitions },
  { name: '0008-invoices', up: invoices },
  { name: '0010-sign-in', up: signIn },
  { name: '0011-litellm-imports', up: litellmImports },
  { name: '0013-books', up: books },
  { name: '0014-lists', up: lists },
  { name: '0015-organization-members', up: organizationMembers },
  { name: '0017-spend-grain', up: spendGrain },
  { name: '0018-identities', up: identities },
]
