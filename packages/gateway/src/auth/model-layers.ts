import type { KeyRow } from '../db/rows.ts'
import type { CallerAccounts } from '../limits/subjects.ts'

/** One list of models that holds for a caller, and whose list it is. */
export interface ModelLayer {
  readonly of: 'key' | 'team' | 'team_member' | 'project' | 'organization' | 'user'
  /** Names, wildcards such as `openai/*`, access groups. Never empty. */
  readonly models: readonly string[]
}

/** Names that stand for every model. */
const EVERY_MODEL = new Set(['all-proxy-models', 'all-team-models', '*'])

/**
 * Whose lists a key's calls must pass: its own, and those of everybody it belongs to. An empty list allows every
 * model, and a user's own list is about their personal keys, not those of a team.
 */
export function modelLayers(row: KeyRow, accounts: CallerAccounts): readonly ModelLayer[] {
  const { team, member, project, organization, user } = accounts
  const lists = [
    ['key', row.models],
    ['team', team?.models],
    ['team_member', member?.models],
    ['project', project?.models],
    ['organization', organization?.models],
    ['user', row.teamId === null ? user?.models : undefined],
  ] as const
  return lists.flatMap(([of, models]) =>
    models === undefined || models.length === 0 || models.some(model => EVERY_MODEL.has(model))
      ? []
      : [{ of, models }],
  )
}
