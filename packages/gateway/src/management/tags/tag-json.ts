import type { AccountRow } from '../../db/rows.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import { templateAnswer } from '../limit-fields.ts'

/** A tag in LiteLLM's names. */
export function tagObject(row: AccountRow) {
  const { metadata: _, blocked: _blocked, ...rest } = accountAnswer(row)
  return {
    name: row.id,
    description: row.details['description'] ?? null,
    ...rest,
    model_info: null,
    litellm_budget_table: templateAnswer(row.template),
  }
}

export const TAGS: AccountSubject = {
  kind: 'tag',
  table: 'LiteLLM_TagTable',
  noun: 'Tag',
  idField: 'name',
  answer: tagObject,
}
