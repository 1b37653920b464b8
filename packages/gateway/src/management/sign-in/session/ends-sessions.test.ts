import { expect, test } from 'vitest'
import { accountRow } from '../../../db/testing/rows.ts'
import { endsSessions } from './ends-sessions.ts'

const user = (role: string | null, blocked = false) => accountRow('user', 'ann', { role, blocked })

test.each([
  ['proxy_admin', 'internal_user', true],
  ['proxy_admin_viewer', 'internal_user', true],
  ['internal_user', 'internal_user_viewer', true],
  ['internal_user', null, true],
  ['internal_user', 'proxy_admin', false],
  ['internal_user', 'internal_user', false],
])('from %s to %s', (before, after, isOver) => {
  expect(endsSessions(user(before), user(after))).toBe(isOver)
})

test('being blocked ends sessions, being unblocked does not bring them back', () => {
  expect(endsSessions(user('internal_user'), user('internal_user', true))).toBe(true)
  expect(endsSessions(user('internal_user', true), user('internal_user'))).toBe(false)
})
