import { z } from 'zod'

const name = z.string().trim().min(1, 'must not be empty').max(255, 'must not exceed 255 characters')
const names = z.array(z.string().min(1).max(1_000)).max(10_000, 'must not have more than 10,000 entries')

/** LiteLLM's model access groups: a name for models that exist. */
export const NewModelGroupBody = z
  .strictObject({ access_group: name, model_names: names.nullish(), model_ids: names.nullish() })
  .refine(body => (body.model_names ?? body.model_ids ?? []).length > 0, 'must have `model_names`')
export const UpdateModelGroupBody = z
  .strictObject({
    access_group: name.nullish(),
    model_names: names.nullish(),
    model_ids: names.nullish(),
  })
  .refine(body => (body.model_names ?? body.model_ids ?? []).length > 0, 'must have `model_names`')
export const ModelGroupBody = z.strictObject({ access_group: name })
export const ModelGroupPath = z.strictObject({ name })
export const ModelGroupQuery = z.strictObject({ access_group: name })

const groupFields = {
  description: z.string().max(10_000).nullish(),
  access_model_names: names.nullish(),
  access_mcp_server_ids: names.nullish(),
  access_agent_ids: names.nullish(),
  assigned_team_ids: names.nullish(),
  assigned_key_ids: names.nullish(),
}

/** LiteLLM's unified access groups. */
export const NewGroupBody = z.strictObject({ access_group_name: name, ...groupFields })
export const UpdateGroupBody = z.strictObject({ access_group_name: name.optional(), ...groupFields })
export const GroupPath = z.strictObject({ id: name })

export type GroupBody = z.infer<typeof UpdateGroupBody>
