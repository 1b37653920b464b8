import type { Deployment } from 'sluice/internal'
import { expect, test } from 'vitest'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { authorizeModel, mayUseModel } from '../authorize-model.ts'
import { callerOfKey } from '../caller.ts'
import { isWithinReach, teamModels } from './team-models.ts'

const deployments = [
  deployment('model_name_red_1', { team_id: 'red', team_public_model_name: 'smart' }),
  deployment('model_name_blue_1', { team_id: 'blue', team_public_model_name: 'smart' }),
  deployment('smart'),
]

function deployment(group: string, modelInfo: object = {}): Deployment {
  return { group, modelInfo } as Deployment
}

function callerIn(teamId: string | null, details: object = {}, models: string[] = []) {
  const team = teamId === null ? undefined : accountRow('team', teamId, { models, details: { ...details } })
  const names = teamId === null ? undefined : teamModels(deployments).get(teamId)
  return callerOfKey(keyRow('k', { teamId }), [], { team }, names)
}

test('a team calls its own models by their public name, and nobody else does', () => {
  expect(callerIn('red').aliases.get('smart')).toBe('model_name_red_1')
  expect(callerIn('blue').aliases.get('smart')).toBe('model_name_blue_1')
  expect(callerIn('green').aliases.get('smart')).toBeUndefined()
  expect(callerIn(null).aliases.get('smart')).toBeUndefined()
  const reached = (team: string | null) =>
    deployments.filter(one => isWithinReach(one, callerIn(team))).map(({ group }) => group)
  expect(reached('red')).toEqual(['model_name_red_1', 'smart'])
  expect(reached(null)).toEqual(['smart'])
})

test('a list of models allows a public name, and an alias may mean one', () => {
  const caller = callerIn('red', { model_aliases: { best: 'smart' } }, ['smart'])
  expect(mayUseModel(caller, 'smart')).toBe(true)
  expect(caller.aliases.get('best')).toBe('model_name_red_1')
  expect(() => authorizeModel(caller, 'gpt-5')).toThrow(/team can only access models=\['smart'\]/)
})
