import { z } from 'zod'
import { limitFields } from './limit-fields.ts'

const text = z.string().min(1, 'must not be empty').max(1_000, 'must not exceed 1,000 characters')
const names = z.array(z.string()).max(10_000).nullish()
const facts = z.record(z.string(), z.unknown()).nullish()
const secret = z
  .string()
  .startsWith('sk-', "must start with 'sk-'")
  .min(4, "must have characters after 'sk-'")
  .max(1_000)

/** A key as a management call names it: the raw key, or its hash. */
const reference = z.string().min(1, 'must be a key or the hash of one').max(1_000)

/** Fields of a key, in LiteLLM's names. Absent leaves a field as it is, null clears it. */
const keyFields = {
  key_alias: text.nullish(),
  duration: z.string().nullish(),
  models: names,
  aliases: z.record(z.string(), z.string()).nullish(),
  spend: z.number().min(0, 'must not be negative').nullish(),
  user_id: text.nullish(),
  team_id: text.nullish(),
  organization_id: text.nullish(),
  ...limitFields,
  metadata: facts,
  permissions: facts,
  tags: names,
  blocked: z.boolean().nullish(),
  allowed_routes: names,
}

const keyType = z.enum(['default', 'llm_api', 'management', 'read_only']).nullish()

export const GenerateKeyBody = z.looseObject({ ...keyFields, key: secret.nullish(), key_type: keyType })
export const UpdateKeyBody = z.looseObject({ ...keyFields, key: reference })
export const RegenerateKeyBody = z.looseObject({
  ...keyFields,
  key: reference.nullish(),
  new_key: secret.nullish(),
})
export const DeleteKeysBody = z
  .strictObject({
    keys: z.array(reference).min(1).max(1_000).nullish(),
    key_aliases: z.array(text).min(1).max(1_000).nullish(),
  })
  .refine(body => body.keys != null || body.key_aliases != null, 'must have `keys` or `key_aliases`')
export const KeyReferenceBody = z.strictObject({ key: reference })
export const KeyPath = z.strictObject({ key: reference })
export const KeyInfoQuery = z.strictObject({ key: reference.optional() })
export const ListKeysQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(100).default(10),
  user_id: text.optional(),
  team_id: text.optional(),
  organization_id: text.optional(),
  key_hash: text.optional(),
  key_alias: text.optional(),
  return_full_object: z.stringbool().default(false),
  // The admin sees every key anyway.
  include_team_keys: z.stringbool().optional(),
  include_created_by_keys: z.stringbool().optional(),
  sort_by: z.enum(['spend', 'max_budget', 'created_at', 'updated_at', 'key_alias']).optional(),
  sort_order: z.enum(['asc', 'desc']).optional(),
})

/** What all bodies have in common; fields no schema names are kept for `keyChanges` to judge. */
export type KeyBody = z.infer<z.ZodObject<typeof keyFields, z.core.$loose>>

/** The fields above; a route takes its own (`key`, `new_key`, `key_type`) out before `keyChanges` judges the rest. */
export const KEY_FIELDS: ReadonlySet<string> = new Set(Object.keys(keyFields))

/** Documented by LiteLLM and without effect here so far: kept in the key's metadata, and warned about. */
export const LATER_FIELDS: ReadonlySet<string> = new Set([
  'access_group_ids',
  'agent_id',
  'allowed_cache_controls',
  'allowed_passthrough_routes',
  'allowed_vector_store_indexes',
  'auto_rotate',
  'budget_id',
  'config',
  'disable_global_guardrails',
  'enforced_params',
  'grace_period',
  'guardrails',
  'object_permission',
  'policies',
  'project_id',
  'prompts',
  'rotation_interval',
  'router_settings',
  'send_invite_email',
  'temp_budget_expiry',
  'temp_budget_increase',
])
