import { expect, test } from 'vitest'
import { accountRow } from '../../db/testing/rows.ts'
import { refuseTakeover } from '../scim/user-resource.ts'
import { isSomebodyElse, refuseAdminId, refusePromotion } from './takeover.ts'

const facts = { id: 'ann', externalId: 'generic:2' }

test('account takeover by a recycled address: who is somebody else at the provider is not the user', () => {
  const known = (externalId: string | null) => accountRow('user', 'ann', { externalId })
  expect(isSomebodyElse(known('generic:1'), facts)).toBe(true)
  for (const externalId of ['generic:2', 'google:1', 'id-in-a-directory', null])
    expect(isSomebodyElse(known(externalId), facts)).toBe(false)
})

test('account pre-hijacking: a user whom an organization made becomes no admin of the gateway by signing in', () => {
  const made = accountRow('user', 'ann', { role: 'internal_user', organizationId: 'acme' })
  const promoted = { ...facts, role: 'proxy_admin' }
  expect(() => refusePromotion(made, promoted)).toThrow('made by the admin of an organization')
  expect(() => refusePromotion({ ...made, organizationId: null }, promoted)).not.toThrow()
  expect(() => refusePromotion(made, { ...facts, role: 'internal_user' })).not.toThrow()
})

test('account takeover by a chosen id: only the master key signs in as its holder', () => {
  expect(() => refuseAdminId('default_user_id', 'sso')).toThrow('holder of the master key')
  expect(() => refuseAdminId('default_user_id', 'sign-in')).not.toThrow()
})

test('privilege escalation by SCIM: a directory gives no admin another address or identity', () => {
  const admin = accountRow('user', 'root', { role: 'proxy_admin', email: 'root@acme.com' })
  const keep = { email: 'root@acme.com', externalId: 'id-in-a-directory' }
  expect(() => refuseTakeover(admin, keep)).not.toThrow()
  expect(() => refuseTakeover(admin, { ...keep, email: 'thief@acme.com' })).toThrow('address of an admin')
  expect(() => refuseTakeover(admin, { ...keep, externalId: 'generic:thief' })).toThrow('address of an admin')
  expect(() => refuseTakeover({ ...admin, role: 'internal_user' }, { email: 'new@acme.com' })).not.toThrow()
})
