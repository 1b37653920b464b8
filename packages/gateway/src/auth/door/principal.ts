import { blankKeyRow } from '../../db/blank-rows.ts'
import type { AccountRow, KeyRow } from '../../db/rows.ts'
import type { ProviderSubject } from '../../db/sign-in/identity-store.ts'
import type { Role } from '../roles.ts'

/**
 * Somebody without a virtual key of their own, put into the shape of one so that everything that holds for keys holds
 * for them: whoever a token names, or the operator's own check.
 */
export interface Principal {
  readonly row: KeyRow
  /** As it was stated; otherwise the role of the row's user. */
  readonly role?: Role | undefined
  /** On whose behalf is called. */
  readonly endUserId?: string | undefined
  /** False: the lists of models and the limits of those behind it do not hold. */
  readonly commonChecks?: boolean | undefined
}

/** A row of nobody: every field as a new key without wishes has it. */
export function principalRow(name: string, more: Partial<KeyRow>): KeyRow {
  return Object.freeze(blankKeyRow(name, { keyName: name.slice(0, 24), ...more }))
}

/** Who a user of a directory is, as a provider or a token says. */
export interface UserFacts {
  readonly id: string
  readonly email?: string | undefined
  readonly name?: string | undefined
  /** The id at the provider, where it is another. */
  readonly externalId?: string | undefined
  /** Who they are there, whatever they are called. */
  readonly identity?: ProviderSubject | undefined
  /** Given to a new user; to one who is known when `sync`. */
  readonly role?: string | undefined
}

/** What signing in may write: users, teams and who belongs to which. Every method rejects while the database is down. */
export interface Directory {
  /** The user of that id or, failing that, of that address; made when there is none. `sync`: the role follows. */
  ensureUser(
    facts: UserFacts,
    options: { readonly actor: string; readonly sync: boolean },
  ): Promise<AccountRow>
  /** Makes a team when there is none of that id. */
  ensureTeam(id: string, actor: string): Promise<void>
  /** Adds the user to teams that exist; `only`: and takes them out of all others that signing in put them into. */
  join(
    userId: string,
    teamIds: readonly string[],
    options: { readonly actor: string; readonly only: boolean },
  ): Promise<void>
  /** A team or organization by its alias; undefined unless exactly one has it. */
  byAlias(kind: 'team' | 'organization', alias: string): Promise<AccountRow | undefined>
}
