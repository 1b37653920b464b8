import type { Settings } from '../../config/settings.ts'
import type { OtherNames } from '../authorize-model.ts'
import type { AccessGroupBook } from './access-group-book.ts'

/** What models may be known by beside their own names, in lists of models and in requests. */
export function otherNames({
  settings,
  accessGroups,
}: {
  readonly settings: Settings
  readonly accessGroups: Pick<AccessGroupBook, 'of' | 'isComplete'>
}): OtherNames {
  return {
    aliases: settings.router.groupAliases,
    groups: accessGroups.of(settings.deployments),
    areGroupsKnown: accessGroups.isComplete,
  }
}
