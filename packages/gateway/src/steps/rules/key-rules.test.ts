import { expect, test } from 'vitest'
import { callerOfKey } from '../../auth/caller.ts'
import type { KeySettings } from '../../config/settings.ts'
import type { KeyRow } from '../../db/rows.ts'
import { keyRow } from '../../db/testing/rows.ts'
import { obeyKeyRules } from './key-rules.ts'

const nothing = {
  enforcedParams: [] as string[],
  serviceAccountParams: [] as string[],
} as unknown as KeySettings

function obey(body: object, row: Partial<KeyRow> = {}, settings: Partial<KeySettings> = {}) {
  return () => obeyKeyRules(body, callerOfKey(keyRow('h', row)), { ...nothing, ...settings })
}

test('a key with enforced_params refuses calls without them, nested names too', () => {
  const row = { metadata: { enforced_params: ['user', 'metadata.generation_name'] } }
  expect(obey({ user: 'ann' }, row)).toThrow(/param=metadata.generation_name/)
  expect(obey({ user: '', metadata: { generation_name: 'x' } }, row)).toThrow(/param=user in request body/)
  expect(obey({ user: 'ann', metadata: { generation_name: 'x' } }, row)).not.toThrow()
  expect(obey({ extra_body: { user: 'ann', metadata: { generation_name: 'x' } } }, row)).not.toThrow()
})

test('the configuration asks the same of all, and of keys that belong to a team alone', () => {
  expect(obey({}, {}, { enforcedParams: ['user'] })).toThrow(/param=user/)
  const accounts = { serviceAccountParams: ['user'] }
  expect(obey({}, { teamId: 't' }, accounts)).toThrow(/param=user/)
  expect(obey({}, { teamId: 't', userId: 'u' }, accounts)).not.toThrow()
  expect(obey({}, {}, accounts)).not.toThrow()
})

test('a name from the prototype of objects is not in a body', () => {
  expect(obey({}, { metadata: { enforced_params: ['constructor'] } })).toThrow(/param=constructor/)
})

test('cache controls that the key does not list are refused', () => {
  const row = { metadata: { allowed_cache_controls: ['no-cache'] } }
  expect(obey({ cache: { 'no-cache': true } }, row)).not.toThrow()
  expect(obey({ cache: { 'no-store': true } }, row)).toThrow(/no-store/)
  expect(obey({ cache: { 'no-store': true } })).not.toThrow()
})
