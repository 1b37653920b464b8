import { expect, test } from 'vitest'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { openTestOffice } from '../testing/test-office.ts'

eachDatabase('rates that are guaranteed to teams', makePlace => {
  test('fit into what their organization has, and a team in the way of nobody is itself in no way', async () => {
    const database = await makePlace().open()
    const office = await openTestOffice(database)
    const organization = { organization_id: 'acme', organization_alias: 'acme', tpm_limit: 1_000 }
    await office.call('POST', '/organization/new', { ...organization, model_tpm_limit: { 'gpt-4o': 400 } })
    const guarantee = { organization_id: 'acme', tpm_limit_type: 'guaranteed_throughput' }
    const team = async (path: string, team_id: string, more: object) => {
      const body = { team_id, team_alias: team_id, ...guarantee, ...more }
      const { status, error } = await office.call('POST', path, body)
      return [status, error.param ?? error.message]
    }
    const made = [200, undefined]
    expect(await team('/team/new', 'red', { tpm_limit: 600 })).toEqual(made)
    expect(await team('/team/new', 'blue', { tpm_limit: 401 })).toEqual([400, 'tpm_limit'])
    expect(await team('/team/new', 'blue', { tpm_limit: 400 })).toEqual(made)
    expect(await team('/team/update', 'blue', { tpm_limit: 300 })).toEqual(made)
    expect(await team('/team/update', 'red', { tpm_limit: 701 })).toEqual([400, 'tpm_limit'])
    expect(await team('/team/update', 'red', { tpm_limit: 700 })).toEqual(made)
    const ofModel = (most: number) => ({ model_tpm_limit: { 'gpt-4o': most } })
    expect(await team('/team/update', 'red', ofModel(300))).toEqual(made)
    expect(await team('/team/update', 'blue', ofModel(101))).toEqual([400, 'model_tpm_limit.gpt-4o'])
    const effort = { ...ofModel(101), tpm_limit_type: 'best_effort_throughput' }
    expect(await team('/team/update', 'blue', effort)).toEqual(made)
    await office.app.close()
  })
})
