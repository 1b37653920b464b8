import { badRequest, createError, type Deployment } from 'sluice/internal'
import type { AccountRow } from '../../db/rows.ts'

/** What of a call a customer's row may change. */
export interface CustomerCall {
  readonly model: string
  readonly region?: string | undefined
}

export interface CustomerFacts {
  /** Whom the call names. */
  readonly customerId: string | undefined
  /** Their row, if there is one. */
  readonly customer: AccountRow | undefined
  /** `enforce_user_param`. */
  readonly mustBeNamed: boolean
  /** The deployments behind a name. */
  readonly deploymentsOf: (model: string) => readonly Deployment[]
}

/**
 * The call as its customer may have it: in their region, and at their default model where the one asked for is not in
 * it. The very call where nothing is said. Throws `PermissionDeniedError` for a blocked customer, `BadRequestError`
 * where one must be named and is not.
 */
export function forCustomer<C extends CustomerCall>(call: C, facts: CustomerFacts): C {
  const { customer, customerId, mustBeNamed, deploymentsOf } = facts
  if (mustBeNamed && customerId === undefined) throw unnamed()
  if (customer === undefined) return call
  if (customer.blocked) throw blocked(customer.id)
  const region = textOf(customer.details['allowed_model_region'])
  if (region === undefined) return call
  const fallback = textOf(customer.details['default_model'])
  const isThere = deploymentsOf(call.model).some(deployment => lies(deployment, region))
  return { ...call, region, model: isThere ? call.model : (fallback ?? call.model) }
}

/** As the router reads it: `eu` is `eu-west-1` too. */
function lies({ region }: Deployment, asked: string): boolean {
  const own = region?.toLowerCase()
  return own !== undefined && (own === asked || own.startsWith(`${asked}-`))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function blocked(id: string) {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    param: 'user',
    message: `Customer=${id} is blocked. Ask an admin to unblock it via /customer/unblock.`,
  })
}

function unnamed() {
  return badRequest(
    'user: each request must name its end user here: as `user`, as `metadata.user_id`, or by the header x-litellm-end-user-id.',
    'user',
  )
}
