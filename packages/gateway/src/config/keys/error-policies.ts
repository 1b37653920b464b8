import { ERROR_CLASSES, type ErrorClass, type PerErrorClass, type RetryPolicy } from 'sluice/internal'
import { objectOf } from './read-section.ts'
import { type Row, type Section, type ValueType, works } from './row.ts'
import { whole } from './types.ts'

/** Retries by class of error. */
export const retryPolicySection = {
  name: 'router_settings.retry_policy',
  doc: 'Retries by class of error; they replace the number of retries of router and deployment.',
  rows: {
    ...perClass('Retries', 'Retries after this error.'),
    DefaultRetries: works(whole(), 'Retries after any other error.', 'router.retryPolicy'),
  },
} satisfies Section

/** Failures that are forgiven, by class of error. */
export const allowedFailsSection = {
  name: 'router_settings.allowed_fails_policy',
  doc: 'Failures per minute that are forgiven, by class of error. A class named here is counted by itself.',
  rows: perClass('AllowedFails', 'Failures of this kind that are forgiven.'),
} satisfies Section

export const retryPolicy: ValueType<RetryPolicy> = converted(objectOf(retryPolicySection), values => ({
  byClass: byClass(values, 'Retries'),
  otherwise: values.DefaultRetries,
}))

export const allowedFailsPolicy: ValueType<PerErrorClass> = converted(objectOf(allowedFailsSection), values =>
  byClass(values, 'AllowedFails'),
)

function perClass<const S extends 'Retries' | 'AllowedFails'>(suffix: S, doc: string) {
  const to = suffix === 'Retries' ? 'router.retryPolicy' : 'router.allowedFailsPolicy'
  const rows = ERROR_CLASSES.map(name => [`${name}${suffix}`, works(whole(), doc, to)])
  return Object.fromEntries(rows) as Record<`${ErrorClass}${S}`, Row<number>>
}

function byClass(values: Readonly<Record<string, number | undefined>>, suffix: string): PerErrorClass {
  const found = new Map<ErrorClass, number>()
  for (const name of ERROR_CLASSES) {
    const value = values[`${name}${suffix}`]
    if (value !== undefined) found.set(name, value)
  }
  return found
}

function converted<S, T>(type: ValueType<S>, convert: (value: S) => T): ValueType<T> {
  const { name, example, section } = type
  return {
    name,
    example,
    ...(section && { section }),
    read(node, key, report) {
      const value = type.read(node, key, report)
      return value === undefined ? undefined : convert(value)
    },
  }
}
