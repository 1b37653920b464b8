import { BadRequestError, type Deployment, PermissionDeniedError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { accountRow } from '../../db/testing/rows.ts'
import { forCustomer } from './for-customer.ts'

const deployments: Readonly<Record<string, readonly Pick<Deployment, 'region'>[]>> = {
  here: [{ region: 'eu-west-1' }],
  there: [{ region: 'us-east-1' }, {}],
}
const facts = {
  ...{ customerId: 'c', customer: undefined, mustBeNamed: false },
  deploymentsOf: (model: string) => (deployments[model] ?? []) as readonly Deployment[],
}
const inEurope = accountRow('customer', 'c', {
  details: { allowed_model_region: 'eu', default_model: 'here' },
})

test('a call on behalf of nobody in particular is left alone, object and all', () => {
  const call = { model: 'there' }
  expect(forCustomer(call, facts)).toBe(call)
  expect(forCustomer(call, { ...facts, customer: accountRow('customer', 'c') })).toBe(call)
})

test('a customer’s region holds, and their default model where the one asked for is not in it', () => {
  const asked = { ...facts, customer: inEurope }
  expect(forCustomer({ model: 'here' }, asked)).toEqual({ model: 'here', region: 'eu' })
  expect(forCustomer({ model: 'there', region: 'us' }, asked)).toEqual({ model: 'here', region: 'eu' })
})

test('a blocked customer is refused, and an unnamed one where each must be named', () => {
  const blocked = accountRow('customer', 'c', { blocked: true })
  expect(() => forCustomer({ model: 'm' }, { ...facts, customer: blocked })).toThrow(PermissionDeniedError)
  const unnamed = { ...facts, customerId: undefined, mustBeNamed: true }
  expect(() => forCustomer({ model: 'm' }, unnamed)).toThrow(BadRequestError)
})
