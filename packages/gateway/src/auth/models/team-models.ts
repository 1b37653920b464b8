import type { Deployment } from 'sluice/internal'
import type { Caller } from '../caller.ts'

/** Team → name by which it alone calls a model of its own → the group that name means. */
export type TeamModels = ReadonlyMap<string, ReadonlyMap<string, string>>

/** `model_info.team_public_model_name`; of several groups that share a team and a name the first is meant. */
export function teamModels(deployments: readonly Deployment[]): TeamModels {
  const all = new Map<string, Map<string, string>>()
  for (const deployment of deployments) {
    const team = teamOf(deployment)
    const name = publicNameOf(deployment)
    if (team === undefined || name === undefined) continue
    const names = all.get(team) ?? new Map<string, string>()
    if (!names.has(name)) names.set(name, deployment.group)
    all.set(team, names)
  }
  return all
}

/** False for what belongs to another team than the caller's: it cannot call it, and need not know of it. */
export function isWithinReach(deployment: Deployment, { record }: Caller): boolean {
  const team = teamOf(deployment)
  return team === undefined || team === record.teamId
}

/** The name by which a team calls a model of its own. */
export function publicNameOf({ modelInfo }: Deployment): string | undefined {
  const name = modelInfo?.['team_public_model_name']
  return typeof name === 'string' && name !== '' ? name : undefined
}

function teamOf({ modelInfo }: Deployment): string | undefined {
  const team = modelInfo?.['team_id']
  return typeof team === 'string' && team !== '' ? team : undefined
}
