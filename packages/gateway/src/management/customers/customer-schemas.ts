import { z } from 'zod'
import { accountFields, idText } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'

/** Documented by LiteLLM and without effect here. */
export const KEPT_CUSTOMER_FIELDS = ['object_permission'] as const

const fields = {
  ...accountFields,
  alias: idText.nullish(),
  budget_reset_at: z.iso.datetime({ offset: true, error: 'must be an ISO time' }).nullish(),
  allowed_model_region: z.enum(['eu', 'us'], 'must be `eu` or `us`').nullish(),
  default_model: idText.nullish(),
  ...keptFields(KEPT_CUSTOMER_FIELDS),
}

export const CustomerBody = z
  .strictObject({ user_id: idText, ...fields })
  .refine(body => body.max_budget == null || body.budget_id == null, {
    error: 'may not have both: an own budget, or that of a `budget_id`',
    path: ['budget_id'],
  })
export const CustomerIdsBody = z.strictObject({
  user_ids: z.array(idText).min(1, 'must name a customer').max(1_000),
})
export const CustomerQuery = z.strictObject({ end_user_id: idText })
export const CustomerPageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1_000).default(1_000),
})

export type CustomerFields = z.infer<typeof CustomerBody>
