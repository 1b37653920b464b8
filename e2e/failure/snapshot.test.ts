import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'
import { chat } from './faults/ask-all.ts'

const upstream = await startUpstream()
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
// Whatever a test before it left behind.
beforeEach(() => postgres.start())
afterAll(async () => {
  await postgres.remove()
  await upstream.close()
})

const LITELLM_MASTER_KEY = 'sk-the-master-of-two-replicas'

/** A replica whose data directory outlives it. */
function replicaOn(url: string) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'sluice-replica-'))
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }))
  return {
    file: join(dataDirectory, 'keys.snapshot'),
    start: (env: Record<string, string> = {}) =>
      startRig({ upstream, dataDirectory, env: { DATABASE_URL: url, LITELLM_MASTER_KEY, ...env } }),
  }
}

const statusOf = async (rig: Rig, key: string) => (await chat(rig, key)).status
const problemsOf = async (rig: Rig) =>
  ((await (await fetch(`${rig.gateway.url}/health/readiness`)).json()) as { problems: string[] }).problems

test('a replica that starts while the database is down lives on its snapshot, and hears then what was revoked', async () => {
  const url = await postgres.createDatabase('snapshot')
  const place = replicaOn(url)
  const first = await place.start()
  const { team_id } = (await (await first.admin('/team/new', { team_alias: 'a' })).json()) as {
    team_id?: string
  }
  const kept = await first.newKey({ user_id: 'nobody-in-particular', ...(team_id && { team_id }) })
  const revoked = await first.newKey()
  for (const key of [kept, revoked]) expect(await statusOf(first, key)).toBe(200)
  await eventually('both are confirmed', async () => (await statusOf(first, kept)) === 200)
  await first.close()
  expect(readFileSync(place.file, 'utf8')).not.toContain(kept)

  const other = await replicaOn(url).start()
  expect((await other.admin('/key/delete', { keys: [revoked] })).status).toBe(200)
  const never = await other.newKey()
  await other.close()
  await postgres.stop()

  const second = await place.start()
  const metrics = await (await second.admin('/metrics')).text()
  expect(metrics).toMatch(/sluice_database_up 0\n/)
  expect(metrics).toMatch(/sluice_key_snapshot_age_seconds (?!0\n)/)
  expect(await statusOf(second, kept)).toBe(200)
  expect(await statusOf(second, never)).toBe(503)
  expect(await problemsOf(second)).toContainEqual(
    expect.stringContaining('Keys are known from a snapshot of'),
  )
  expect(second.gateway.logs.join()).toContain('keys are known from the snapshot')
  await postgres.start()
  await eventually('it hears of the revocation', async () => (await statusOf(second, revoked)) === 401)
  expect(await statusOf(second, kept)).toBe(200)
  expect(await statusOf(second, never)).toBe(200)
  await eventually('all is well', async () => (await problemsOf(second)).length === 0)
  await second.close()

  await postgres.stop()
  writeFileSync(place.file, readFileSync(place.file, 'utf8').replace('"blocked":false', '"blocked":true'))
  const third = await place.start()
  expect(await statusOf(third, kept)).toBe(503)
  expect(third.gateway.logs.join()).toContain('the snapshot of keys is refused')
  expect(await problemsOf(third)).toContainEqual(expect.stringContaining('The snapshot of keys is refused'))
  await third.close()
})

test('a snapshot older than keys are trusted for is not used', async () => {
  const url = await postgres.createDatabase('old')
  const place = replicaOn(url)
  const first = await place.start()
  const key = await first.newKey()
  expect(await statusOf(first, key)).toBe(200)
  await first.close()
  expect(existsSync(place.file), first.gateway.logs.join('\n')).toBe(true)
  await postgres.stop()
  const late = await place.start({ SLUICE_KEY_STALENESS_SECONDS: '0.1' })
  expect(await statusOf(late, key)).toBe(503)
  expect(late.gateway.logs.join()).toContain('too old to be used')
  await late.close()
})
