import type { CallRecord, EndpointName } from 'sluice/internal'
import { forCustomer } from '../auth/customers/for-customer.ts'
import type { NamedBy } from './claim.ts'
import type { Stages } from './stages.ts'
import type { Asked } from './understand.ts'

/** A call together with the customer and the tags it names. */
export interface ForWhom<E extends EndpointName> {
  readonly asked: Asked<E>
  readonly named: NamedBy
}

/**
 * Whom a call is made for, and the call as they may have it; at once when they are in memory. Throws, or rejects with,
 * `PermissionDeniedError` for a blocked customer, `BadRequestError` where one must be named and is not.
 */
export function forWhom<E extends EndpointName>(
  asked: Asked<E>,
  record: CallRecord,
  stages: Stages,
): ForWhom<E> | Promise<ForWhom<E>> {
  const { named, endUserBudget, settings, routes } = stages
  const customerId = record.endUser
  const withNamed = (found: NamedBy['named']): ForWhom<E> => ({
    asked: {
      ...asked,
      route: forCustomer(asked.route, {
        ...{ customerId, customer: found.customer, mustBeNamed: settings.calls.enforceUserParam === true },
        deploymentsOf: model => routes.deploymentsOf(model),
      }),
    },
    named: { customerId, named: found, tags: record.tags, endUserBudget: endUserBudget.row },
  })
  const found = named.of(record)
  return found instanceof Promise ? found.then(withNamed) : withNamed(found)
}
