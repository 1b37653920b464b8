import { PermissionDeniedError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { accountRow, keyRow } from '../db/testing/rows.ts'
import { authorizeModel, mayUseModel } from './authorize-model.ts'
import { callerOfKey } from './caller.ts'

function callerWith(models: string[], aliases: Record<string, string> = {}) {
  return callerOfKey(keyRow('h', { models, aliases }))
}

test.each([
  [[], 'anything', true],
  [['gpt-4o'], 'gpt-4o', true],
  [['gpt-4o'], 'gpt-4o-mini', false],
  [['openai/*'], 'openai/gpt-4o', true],
  [['openai/*'], 'anthropic/claude', false],
  [['openai/*-mini'], 'openai/gpt-4o-mini', true],
  [['openai/*-mini'], 'openai/gpt-4o', false],
  [['a*a'], 'a', false],
  [['*b*c*'], 'xbxcx', true],
  [['*b*c*'], 'xcxbx', false],
  [['*'], 'anything', true],
  [['all-proxy-models'], 'anything', true],
  [['no-default-models'], 'anything', false],
  [['gpt.4o'], 'gptx4o', false],
])('a key with models %j asking for %s: %s', (models, model, expected) => {
  expect(mayUseModel(callerWith(models), model)).toBe(expected)
})

test('an alias is allowed when what it means is', () => {
  expect(mayUseModel(callerWith(['gpt-4o'], { smart: 'gpt-4o' }), 'smart')).toBe(true)
  expect(mayUseModel(callerWith(['gpt-4o'], { smart: 'o3' }), 'smart')).toBe(false)
})

test('an alias leads past no list above whoever made it, also when that list became shorter', () => {
  const team = (models: string[], model_aliases = {}) =>
    accountRow('team', 't', { models, details: { model_aliases } })
  const organization = (...models: string[]) => accountRow('organization', 'o', { models })
  // Of the key: the team allowed what it means, and does no more.
  const key = keyRow('h', { models: ['gpt-4o'], aliases: { 'gpt-4o': 'o3' } })
  expect(mayUseModel(callerOfKey(key, [], { team: team(['gpt-4o', 'o3']) }), 'gpt-4o')).toBe(true)
  expect(mayUseModel(callerOfKey(key, [], { team: team(['gpt-4o']) }), 'gpt-4o')).toBe(false)
  expect(mayUseModel(callerOfKey(key, [], { organization: organization('gpt-4o') }), 'gpt-4o')).toBe(false)
  // Of the team: its own list may name the alias, its organization's is about models.
  const ofTeam = team(['fast'], { fast: 'o3' })
  const plain = keyRow('h', { models: ['fast'] })
  expect(mayUseModel(callerOfKey(plain, [], { team: ofTeam }), 'fast')).toBe(true)
  expect(
    mayUseModel(callerOfKey(plain, [], { team: ofTeam, organization: organization('o3') }), 'fast'),
  ).toBe(true)
  expect(
    mayUseModel(callerOfKey(plain, [], { team: ofTeam, organization: organization('fast') }), 'fast'),
  ).toBe(false)
})

test('the group that an alias of all stands for is enough, and no more than that', () => {
  const aliases = new Map([
    ['smart', { group: 'gpt-4o' }],
    ['secret', { group: 'o3' }],
  ])
  expect(mayUseModel(callerWith(['gpt-4o']), 'smart', { aliases })).toBe(true)
  expect(mayUseModel(callerWith(['gpt-4o']), 'secret', { aliases })).toBe(false)
  expect(mayUseModel(callerWith(['gpt-4o'], { mine: 'smart' }), 'mine', { aliases })).toBe(true)
  // A key's own alias is what is asked, whatever the same name stands for elsewhere.
  expect(mayUseModel(callerWith(['gpt-4o'], { smart: 'o3' }), 'smart', { aliases })).toBe(false)
})

test('an access group stands for the models in it', () => {
  const groups = new Map([['beta', new Set(['gpt-5'])]])
  expect(mayUseModel(callerWith(['beta']), 'gpt-5', { groups })).toBe(true)
  expect(mayUseModel(callerWith(['beta']), 'gpt-4o', { groups })).toBe(false)
})

test('the refusal lists the models the key may use', () => {
  const work = () => authorizeModel(callerWith(['gpt-4o', 'openai/*']), 'claude')
  expect(work).toThrow(PermissionDeniedError)
  expect(work).toThrow(
    "key not allowed to access model. This key can only access models=['gpt-4o', 'openai/*']. Tried to access claude",
  )
  try {
    work()
  } catch (error) {
    expect(error).toMatchObject({ type: 'key_model_access_denied', param: 'model', status: 403 })
  }
})
