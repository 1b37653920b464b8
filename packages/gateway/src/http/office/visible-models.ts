import { type Deployment, SEARCH_GROUP } from 'sluice/internal'
import { otherNames } from '../../auth/access-groups/other-names.ts'
import { mayUseModel } from '../../auth/authorize-model.ts'
import type { Caller } from '../../auth/caller.ts'
import { isWithinReach, publicNameOf } from '../../auth/models/team-models.ts'
import type { Stages } from '../../steps/stages.ts'

/** What the caller may name: groups, with a provider's wildcard spelled out as the models the catalogue knows. */
export function modelNames(caller: Caller, stages: Stages): string[] {
  const { routes, catalogue } = stages
  const all = new Set<string>()
  for (const name of routes.groups.names()) {
    // Search tools are no models.
    if (name.startsWith(SEARCH_GROUP)) continue
    const open = openTo(caller, routes.groups.find(name))
    for (const shown of new Set(open.map(deployment => nameFor(caller, deployment) ?? name))) {
      if (!shown.includes('*')) all.add(shown)
      else if (shown.endsWith('/*'))
        for (const model of catalogue.models(shown.slice(0, -2))) all.add(`${shown.slice(0, -1)}${model}`)
    }
  }
  const others = otherNames(stages)
  return [...all].filter(name => mayUseModel(caller, name, others))
}

/** False for a name that means nothing, nothing the caller may use, or only what belongs to another team. */
export function isModelOf(caller: Caller, name: string, stages: Stages): boolean {
  const found = stages.routes.groups.find(caller.aliases.get(name) ?? name)
  return openTo(caller, found).length > 0 && mayUseModel(caller, name, otherNames(stages))
}

/** Whether the caller may know of a deployment. Whoever looks after the gateway knows all, other teams' too. */
export function isDeploymentOf(caller: Caller, deployment: Deployment, stages: Stages): boolean {
  if (caller.role === 'proxy_admin' || caller.role === 'proxy_admin_viewer') return true
  const name = nameFor(caller, deployment) ?? deployment.group
  return isWithinReach(deployment, caller) && mayUseModel(caller, name, otherNames(stages))
}

/** By what name the caller's team calls a model of its own; undefined for everything else. */
export function nameFor(caller: Caller, deployment: Deployment): string | undefined {
  const name = publicNameOf(deployment)
  return name !== undefined && caller.aliases.has(name) && isWithinReach(deployment, caller)
    ? name
    : undefined
}

function openTo(caller: Caller, deployments: readonly Deployment[] = []): readonly Deployment[] {
  return deployments.filter(deployment => isWithinReach(deployment, caller))
}
