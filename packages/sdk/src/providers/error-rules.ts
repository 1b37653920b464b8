import type { ErrorFacts, ErrorKind } from '../errors.ts'
import type { Provider } from './provider.ts'

/** The kind of failure by the provider's own rules; `undefined` leaves it to its format. */
export function errorKindOf(
  { errors }: Provider,
  status: number,
  body: unknown,
  facts: Partial<ErrorFacts> | undefined,
): ErrorKind | undefined {
  if (errors === undefined) return undefined
  const code = facts?.code ?? undefined
  const message = facts?.message ?? (typeof body === 'string' ? body : '')
  return errors.find(
    rule =>
      (rule.status === undefined || rule.status === status) &&
      (rule.code === undefined || rule.code === code || rule.code === facts?.type) &&
      (rule.message === undefined || rule.message.test(message)),
  )?.kind
}
