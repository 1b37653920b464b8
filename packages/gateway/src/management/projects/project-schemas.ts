import { z } from 'zod'
import { accountFields, idText, nameList } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'
import { pageFields } from '../accounts/page.ts'

/** Documented by LiteLLM and without effect here so far. */
export const KEPT_PROJECT_FIELDS = ['object_permission'] as const

const projectFields = {
  ...accountFields,
  project_alias: idText.nullish(),
  description: z.string().max(10_000).nullish(),
  tags: nameList.nullish(),
  ...keptFields(KEPT_PROJECT_FIELDS),
}

export const NewProjectBody = z.strictObject({
  ...projectFields,
  project_id: idText.nullish(),
  team_id: idText,
})
export const UpdateProjectBody = z.strictObject({
  ...projectFields,
  project_id: idText,
  team_id: idText.optional(),
})
export type ProjectBody = z.infer<z.ZodObject<typeof projectFields>>

export const DeleteProjectsBody = z.strictObject({ project_ids: z.array(idText).min(1).max(1_000) })
export const ProjectQuery = z.strictObject({ project_id: idText })
const { page_size } = pageFields(100)
export const ListProjectsQuery = z.strictObject({
  page: z.coerce.number().int().min(1, 'must be 1 or more').max(1_000_000).optional(),
  page_size,
  team_id: idText.optional(),
  project_alias: idText.optional(),
})
