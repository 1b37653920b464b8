import { z } from 'zod'
import { accountFields, idText, nameList } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'

/** Documented by LiteLLM and without effect here. */
export const KEPT_TAG_FIELDS = ['model_info'] as const

const { metadata: _metadata, spend: _spend, blocked: _blocked, models: _models, ...limits } = accountFields

export const TagBody = z.strictObject({
  name: idText,
  description: z.string().max(10_000).nullish(),
  models: nameList.nullish(),
  ...limits,
  ...keptFields(KEPT_TAG_FIELDS),
})
export const TagNamesBody = z.strictObject({
  names: z.array(idText).min(1, 'must name a tag').max(1_000),
})
export const TagNameBody = z.strictObject({ name: idText })
export const TagPageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1_000).default(1_000),
})
const day = z.iso.date({ error: 'must be a day, such as 2026-11-21' }).optional()
/** One tag may be named once or several times. */
const several = z.union([z.array(idText).max(250), idText.transform(tag => [tag])])
const filter = { tag_filter: idText.optional(), tag_filters: several.optional() }
export const TagUseFilter = z.strictObject(filter)
export const TagDaysQuery = TagUseFilter.extend({ start_date: day, end_date: day })
export const TagUsersQuery = TagUseFilter.extend({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1_000).default(50),
})

export type TagFields = z.infer<typeof TagBody>
