import { z } from 'zod'
import { keptFields } from '../accounts/kept-fields.ts'
import { limitFields } from '../limit-fields.ts'

const text = z.string().min(1, 'must not be empty').max(1_000, 'must not exceed 1,000 characters')
const names = z.array(z.string()).max(10_000).nullish()
const facts = z.record(z.string(), z.unknown()).nullish()
const duration = z.string().max(100).nullish()
const secret = z
  .string()
  .startsWith('sk-', "must start with 'sk-'")
  .min(4, "must have characters after 'sk-'")
  .max(1_000)

/** A key as a management call names it: the raw key, or its hash. */
const reference = z.string().min(1, 'must be a key or the hash of one').max(1_000)

/** LiteLLM keeps these in the metadata, and so do we: `metadata` without them leaves them as they are. */
export const metadataFields = {
  enforced_params: names,
  allowed_cache_controls: names,
  temp_budget_increase: z.number().min(0, 'must not be negative').nullish(),
  temp_budget_expiry: z.string().max(100).nullish(),
}

/** Documented by LiteLLM and without effect here so far: kept in the key's metadata, and warned about. */
export const KEPT_FIELDS = [
  'agent_id',
  'allowed_passthrough_routes',
  'allowed_vector_store_indexes',
  'config',
  'disable_global_guardrails',
  'guardrails',
  'object_permission',
  'policies',
  'prompts',
  'router_settings',
  'send_invite_email',
] as const

/** Fields of a key, in LiteLLM's names. Absent leaves a field as it is, null clears it. */
const keyFields = {
  key_alias: text.nullish(),
  duration,
  models: names,
  aliases: z.record(z.string(), z.string()).nullish(),
  spend: z.number().min(0, 'must not be negative').nullish(),
  user_id: text.nullish(),
  team_id: text.nullish(),
  organization_id: text.nullish(),
  project_id: text.nullish(),
  budget_id: text.nullish(),
  access_group_ids: names,
  ...limitFields,
  metadata: facts,
  permissions: facts,
  tags: names,
  blocked: z.boolean().nullish(),
  allowed_routes: names,
  auto_rotate: z.boolean().nullish(),
  rotation_interval: duration,
  ...metadataFields,
  ...keptFields(KEPT_FIELDS),
}

const keyType = z.enum(['default', 'llm_api', 'management', 'read_only']).nullish()

/** What all bodies have in common. */
export type KeyBody = z.infer<z.ZodObject<typeof keyFields>>

export const GenerateKeyBody = z.strictObject({
  ...keyFields,
  grace_period: duration,
  key: secret.nullish(),
  key_type: keyType,
})
export const ServiceAccountKeyBody = z.strictObject({
  ...keyFields,
  grace_period: duration,
  key: secret.nullish(),
  key_type: keyType,
  team_id: text,
  user_id: z.null('must not be given: a service account belongs to its team alone').optional(),
})
export const UpdateKeyBody = z.strictObject({ ...keyFields, grace_period: duration, key: reference })
export const BulkUpdateBody = z.strictObject({
  // Judged one by one, so that one bad entry does not stop the others.
  keys: z
    .array(z.looseObject({ key: reference }))
    .min(1, 'must not be empty')
    .max(500, 'must not exceed 500'),
})
export const RegenerateKeyBody = z
  .strictObject({
    ...keyFields,
    key: reference.nullish(),
    new_key: secret.nullish(),
    new_master_key: z.string().nullish(),
    grace_period: duration,
  })
  .nullish()
  .transform(body => body ?? {})
export const DeleteKeysBody = z
  .strictObject({
    keys: z.array(reference).min(1).max(1_000).nullish(),
    key_aliases: z.array(text).min(1).max(1_000).nullish(),
  })
  .refine(body => body.keys != null || body.key_aliases != null, 'must have `keys` or `key_aliases`')
export const KeyReferenceBody = z.strictObject({ key: reference })
export const KeyPath = z.strictObject({ key: reference })
export const KeyInfoQuery = z.strictObject({ key: reference.optional() })
export const KeyInfosBody = z.strictObject({ keys: z.array(reference).min(1).max(1_000) })
export const ResetSpendBody = z.strictObject({ reset_to: z.number().min(0, 'must not be negative') })

/** One value or several, as query strings have it. */
const several = z.union([z.string(), z.array(z.string())]).transform(value => [value].flat())
const page = z.coerce.number().int().min(1).max(1_000_000).default(1)
const size = z.coerce.number().int().min(1).max(100)

export const ListKeysQuery = z
  .strictObject({
    page,
    size: size.default(10),
    user_id: text.optional(),
    team_id: text.optional(),
    organization_id: text.optional(),
    project_id: text.optional(),
    access_group_id: text.optional(),
    key_hash: text.optional(),
    key_alias: text.optional(),
    return_full_object: z.stringbool().default(false),
    include_team_keys: z.stringbool().default(false),
    include_created_by_keys: z.stringbool().default(false),
    expand: several.optional(),
    'expand[]': several.optional(),
    status: z.enum(['deleted']).optional(),
    sort_by: z.enum(['spend', 'max_budget', 'created_at', 'updated_at', 'key_alias']).optional(),
    sort_order: z.enum(['asc', 'desc']).optional(),
  })
  .refine(query => [...(query.expand ?? []), ...(query['expand[]'] ?? [])].every(each => each === 'user'), {
    path: ['expand'],
    message: "knows 'user' only",
  })
export const AliasesQuery = z.strictObject({ page, size: size.default(50), search: text.optional() })
