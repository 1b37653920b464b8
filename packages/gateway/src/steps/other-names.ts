import type { OtherNames } from '../auth/authorize-model.ts'
import type { Stages } from './stages.ts'

/** What models may be known by beside their own names, in lists of models and in requests. */
export function otherNames({
  settings,
  accessGroups,
}: Pick<Stages, 'settings' | 'accessGroups'>): OtherNames {
  return {
    aliases: settings.router.groupAliases,
    groups: accessGroups.of(settings.deployments),
    areGroupsKnown: accessGroups.isComplete,
  }
}
