import { z } from 'zod'
import { isCredentialField } from './with-values.ts'

const name = z.string().trim().min(1, 'must not be empty').max(255, 'must not exceed 255 characters')
const MOST_TEXT = 100_000

const text = z
  .string()
  .min(1, 'must not be empty')
  .max(MOST_TEXT, 'must not exceed 100,000 characters')
  .refine(
    value => !value.startsWith('os.environ/'),
    'os.environ/… is read in the configuration only. Send the value itself',
  )
const value = z.union(
  [text, z.number(), z.boolean(), z.record(z.string(), z.unknown()), z.array(z.unknown())],
  'must be a text that is not empty, a number, a flag, or an object',
)
/** What goes into a header holds no line break. */
const headerText = text.refine(key => !/[\r\n\0]/.test(key), 'must not hold line breaks')
const address = text.refine(
  url => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
  'must be an http or https address',
)
const TYPES: Readonly<Record<string, z.ZodType>> = {
  api_key: headerText,
  api_base: address,
  base_url: address,
  api_version: headerText,
  organization: headerText,
  region_name: headerText,
}

function valuesOf<T extends z.ZodType>(fallback: T) {
  return z.record(z.string(), z.unknown()).superRefine((values, context) => {
    for (const [field, item] of Object.entries(values)) {
      if (!isCredentialField(field)) {
        const message = `${field} is no part of a credential: it takes what litellm_params says of key and address`
        context.addIssue({ code: 'custom', path: [field], message })
        continue
      }
      const type = item === null ? fallback : (TYPES[field] ?? value)
      const message = type.safeParse(item).error?.issues[0]?.message
      if (message !== undefined) context.addIssue({ code: 'custom', path: [field], message })
    }
  })
}

const info = z.record(z.string(), z.unknown())

/** Values, or the deployment to take them from. */
export const NewCredentialBody = z
  .strictObject({
    credential_name: name,
    credential_values: valuesOf(value).nullish(),
    model_id: name.nullish(),
    credential_info: info.nullish(),
  })
  .refine(
    body => (body.model_id == null) !== (Object.keys(body.credential_values ?? {}).length === 0),
    'must have either `credential_values` or `model_id`',
  )
/** Fields that are not sent stay; null takes one away. */
export const UpdateCredentialBody = z.strictObject({
  credential_name: name.optional(),
  credential_values: valuesOf(z.null()).nullish(),
  credential_info: info.nullish(),
})
export const CredentialPath = z.strictObject({ name })
export const CredentialModelPath = z.strictObject({ model_id: name })

export type NewCredential = z.infer<typeof NewCredentialBody>
export type CredentialUpdate = z.infer<typeof UpdateCredentialBody>
