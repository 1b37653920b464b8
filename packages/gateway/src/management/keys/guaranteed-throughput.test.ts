import type { SluiceError } from 'sluice/internal'
import { expect, test } from 'vitest'
import type { Settings } from '../../config/settings.ts'
import type { KeyRow } from '../../db/rows.ts'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { checkThroughput } from './guaranteed-throughput.ts'

const deployment = (id: string, group: string, rpm: number | undefined) => ({ id, group, rpm })
const settings = {
  deployments: [
    deployment('a', 'gpt-4o', 60),
    deployment('b', 'gpt-4o', 40),
    deployment('c', 'free', undefined),
  ],
} as unknown as Settings

const promised = (model_rpm_limit: Record<string, number>, more: Partial<KeyRow> = {}) => ({
  ...more,
  moreLimits: { model_rpm_limit, rpm_limit_type: 'guaranteed_throughput' },
})

eachDatabase('guaranteed rates per model', makePlace => {
  test('fit into what the team has of the model, and all of them into what its deployments can do', async () => {
    const { keys } = await makePlace().open()
    const team = accountRow('team', 'red', {
      rpmLimit: 50,
      moreLimits: { model_rpm_limit: { 'gpt-4o': 30 } },
    })
    await keys.create(keyRow('of-team', promised({ 'gpt-4o': 20 }, { teamId: 'red' })))
    await keys.create(keyRow('of-nobody', promised({ 'gpt-4o': 50 })))
    const effort = { model_rpm_limit: { 'gpt-4o': 1_000 }, rpm_limit_type: 'best_effort_throughput' }
    await keys.create(keyRow('best-effort', { teamId: 'red', moreLimits: effort }))
    const fits = async (after: Partial<KeyRow>, before?: KeyRow) => {
      const row = keyRow(before?.tokenHash ?? 'new', after)
      const holders = { team: row.teamId === null ? undefined : team, organization: undefined }
      try {
        await checkThroughput({ before, after: row, holders, keys, settings })
        return 'fits'
      } catch (error) {
        return (error as SluiceError).message
      }
    }
    const red = { teamId: 'red' }
    expect(await fits(promised({ 'gpt-4o': 10 }, red))).toBe('fits')
    expect(await fits(promised({ 'gpt-4o': 11 }, red))).toContain(
      'model_rpm_limit.gpt-4o: the team guarantees 31 with this, and there is 30.',
    )
    // A model the team says nothing of has the whole of the team.
    expect(await fits(promised({ free: 50 }, red))).toBe('fits')
    expect(await fits(promised({ free: 51 }, red))).toContain(
      'the team guarantees 51 with this, and there is 50',
    )
    expect(await fits(promised({ 'gpt-4o': 30 }))).toBe('fits')
    expect(await fits(promised({ 'gpt-4o': 31 }))).toContain(
      'all keys together are guaranteed 101 with this, and there is 100.',
    )
    // Deployments that state no rate promise none, and nothing is known to end.
    expect(await fits(promised({ free: 1e9 }))).toBe('fits')
    expect(await fits(promised({ 'gpt-*': 1 }))).toContain('not for a pattern')
    // A key that asks for no more than it has is never in the way.
    const [same] = (await keys.list({ teamId: 'red', isGuaranteed: true, page: 1, size: 9 })).rows
    expect(same?.tokenHash).toBe('of-team')
    expect(await fits(promised({ 'gpt-4o': 20 }, red), same)).toBe('fits')
    expect(await fits(promised({ 'gpt-4o': 31 }, red), same)).toContain('the team guarantees 31')
  })
})
