import type { AccountRow } from '../../db/rows.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'

export const PROJECT: AccountSubject = {
  kind: 'project',
  table: 'LiteLLM_ProjectTable',
  noun: 'Project',
  idField: 'project_id',
  answer: projectAnswer,
}

export function projectAnswer(row: AccountRow) {
  return {
    project_id: row.id,
    project_alias: row.alias,
    description: row.details['description'] ?? null,
    team_id: row.teamId,
    ...accountAnswer(row),
    tags: row.metadata['tags'] ?? null,
    object_permission: null,
  }
}
