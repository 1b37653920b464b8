import type { SluiceError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { assignedTo } from '../../auth/access-groups/access-group-book.ts'
import { accountRow } from '../../db/testing/rows.ts'
import { ORGANIZATION } from '../organizations/organization-json.ts'
import { TEAM } from '../teams/team-json.ts'
import { checkWithin } from './within-organization.ts'

const groups = new Map([
  ['beta', new Set(['gpt-5', 'o3'])],
  ['wide', new Set(['gpt-5', 'claude-opus'])],
  ['vendor', new Set(['openai/*'])],
  [assignedTo('team', 'red'), new Set(['claude-opus'])],
])

/** What is refused, or `fits`. */
function fits(models: string[], outer: string[], more: object = {}): string {
  const inner = accountRow('project', 'p', { models, ...more })
  try {
    checkWithin(inner, ORGANIZATION, accountRow('organization', 'acme', { models: outer }), groups)
    return 'fits'
  } catch (error) {
    return (error as SluiceError).message
  }
}

test.each([
  [['gpt-4o'], ['gpt-4o', 'o3']],
  [['gpt-5'], ['beta']],
  [['beta'], ['beta']],
  [['beta'], ['gpt-5', 'o3']],
  [['openai/gpt-4o'], ['openai/*']],
  [['openai/gpt-4o'], ['vendor']],
  [['all-team-models'], ['beta']],
  [[], ['beta']],
  [['anything'], []],
])('%j fits into %j', (models, outer) => {
  expect(fits(models, outer)).toBe('fits')
})

test.each([
  [['gpt-4o'], ['beta'], 'gpt-4o'],
  [['wide'], ['beta'], 'wide'],
  [['wide', 'o3'], ['gpt-5'], 'wide, o3'],
  [['openai/*'], ['openai/gpt-4o'], 'openai/*'],
])('%j does not fit into %j', (models, outer, foreign) => {
  expect(fits(models, outer)).toContain(`models: ${foreign} not among the models of Organization 'acme'`)
})

test('a group that stands beside a list counts as one in it, on both sides', () => {
  const wide = { details: { access_group_ids: ['wide'] } }
  expect(fits(['o3'], ['o3'], wide)).toContain('wide not among')
  const inner = accountRow('project', 'p', { models: ['claude-opus', 'gpt-5'] })
  const team = (id: string, details = {}) => accountRow('team', id, { models: ['gpt-5'], details })
  expect(() => checkWithin(inner, TEAM, team('blue'), groups)).toThrow('claude-opus')
  // By a group that names the team, and by one the team names.
  expect(() => checkWithin(inner, TEAM, team('red'), groups)).not.toThrow()
  expect(() => checkWithin(inner, TEAM, team('blue', { access_group_ids: ['wide'] }), groups)).not.toThrow()
})
