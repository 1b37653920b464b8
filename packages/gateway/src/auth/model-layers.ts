import type { AccountRow, KeyRow } from '../db/rows.ts'
import type { CallerAccounts } from '../limits/subjects.ts'

/** One list of models that holds for a caller, and whose list it is. */
export interface ModelLayer {
  readonly of: 'key' | 'team' | 'team_member' | 'project' | 'organization' | 'user'
  /** Names, wildcards such as `openai/*`, access groups. Never empty. */
  readonly models: readonly string[]
}

/** Names that stand for every model. */
export const EVERY_MODEL: ReadonlySet<string> = new Set(['all-proxy-models', 'all-team-models', '*'])

/**
 * Whose lists a key's calls must pass: its own, and those of everybody it belongs to. `access_group_ids` stand in a
 * list like names. An empty list allows every model. A user's own list is about their personal keys and sessions, not
 * about keys of a team.
 */
export function modelLayers(row: KeyRow, accounts: CallerAccounts): readonly ModelLayer[] {
  const { team, member, project, organization, user } = accounts
  const lists = [
    ['key', listOf(row)],
    ['team', listOf(team)],
    ['team_member', listOf(member)],
    ['project', listOf(project)],
    ['organization', listOf(organization)],
    ['user', team === undefined ? listOf(user) : undefined],
  ] as const
  return lists.flatMap(([of, models]) =>
    models === undefined || models.length === 0 || models.some(model => EVERY_MODEL.has(model))
      ? []
      : [{ of, models }],
  )
}

type Holder = Pick<KeyRow | AccountRow, 'models'> & {
  readonly accessGroupIds?: readonly string[] | undefined
  readonly details?: AccountRow['details']
}

/** A list with the access groups that stand beside it. */
export function listOf(holder: Holder | undefined): readonly string[] | undefined {
  if (holder === undefined) return undefined
  // Never the metadata: whoever may write that must not widen a list by it.
  const ids = holder.details === undefined ? holder.accessGroupIds : holder.details['access_group_ids']
  if (!Array.isArray(ids) || ids.length === 0) return holder.models
  return [...holder.models, ...ids.filter(id => typeof id === 'string')]
}
