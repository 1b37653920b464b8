import { execFile } from 'node:child_process'
import { createHash, scryptSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'
import { makeLitellmDatabase, put } from './litellm-database.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const KEY = 'sk-issued-by-litellm-long-ago-1234'
const SPENT = 'sk-issued-by-litellm-all-spent-5678'
const OLD = 'sk-issued-by-litellm-before-rotation'
const SALT = 'sk-the-salt'
const CALLS = 1_203
const PASSWORD = 'correct horse battery'
const salt = Buffer.alloc(16, 5)
const scrypted = `scrypt:${Buffer.concat([salt, scryptSync(PASSWORD, salt, 32, { N: 16_384, r: 8, p: 1 })]).toString('base64')}`
const JANUARY = '2026-01-01T00:00:00Z'

const upstream = await startUpstream()
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => {
  await postgres.remove()
  await upstream.close()
})

function sealed(text: string): string {
  const nonce = Buffer.alloc(24, 7)
  const key = createHash('sha256').update(SALT).digest()
  return Buffer.concat([nonce, xsalsa20poly1305(key, nonce).encrypt(Buffer.from(text))]).toString('base64url')
}

/** A proxy with a history. */
async function fill(litellm: Client): Promise<void> {
  await put(litellm, 'BudgetTable', { budget_id: 'b-org', max_budget: 1000, budget_duration: '30d' })
  await put(litellm, 'BudgetTable', { budget_id: 'b-member', max_budget: 0.5, rpm_limit: 1000 })
  await put(litellm, 'OrganizationTable', {
    ...{
      organization_id: 'o1',
      organization_alias: 'Acme',
      budget_id: 'b-org',
      models: [],
      spend: 12.345678901,
    },
  })
  await litellm.query(`insert into "LiteLLM_ModelTable" (aliases) values ('{"fast": "openai/quick"}')`)
  await put(litellm, 'UserTable', {
    ...{
      user_id: 'u1',
      user_email: 'U1@acme.example',
      user_role: 'internal_user',
      models: [],
      teams: ['t1'],
    },
    ...{ spend: 0.1, password: 'scrypt:xyz', max_budget: 50 },
  })
  await put(litellm, 'TeamTable', {
    ...{ team_id: 't1', team_alias: 'Search', organization_id: 'o1', models: ['openai/*'], max_budget: 20 },
    ...{
      members_with_roles: JSON.stringify([{ user_email: 'u1@acme.example', role: 'admin' }]),
      model_id: 1,
    },
    ...{ spend: 1e-6, metadata: { model_rpm_limit: { 'openai/m': 77 }, color: 'red' }, rpm_limit: 5000 },
  })
  await put(litellm, 'TeamTable', {
    ...{
      team_id: 't2',
      team_alias: 'Spent',
      models: [],
      max_budget: 0.25,
      spend: 0.25,
      budget_duration: '30d',
    },
  })
  await put(litellm, 'TeamMembership', { user_id: 'u1', team_id: 't1', spend: 0.05, budget_id: 'b-member' })
  await put(litellm, 'VerificationToken', {
    ...{ token: sha256(KEY), key_name: 'sk-...1234', key_alias: 'search-prod', user_id: 'u1', team_id: 't1' },
    ...{ models: ['openai/*'], spend: 0.30000000000000004, max_budget: 2.5, budget_duration: '30d' },
    ...{ metadata: { tags: ['prod'], color: 'blue' }, soft_budget_cooldown: true, config: { a: 1 } },
  })
  await put(litellm, 'VerificationToken', {
    token: sha256(SPENT),
    key_alias: 'spent',
    team_id: 't2',
    models: [],
  })
  await put(litellm, 'VerificationToken', { token: sha256('x'), team_id: 'litellm-dashboard', models: [] })
  await put(litellm, 'DeprecatedVerificationToken', {
    ...{ id: 'd1', token: sha256(OLD), active_token_id: sha256(KEY), revoke_at: '2099-01-01T00:00:00Z' },
  })
  await put(litellm, 'EndUserTable', { user_id: 'c1', alias: 'Customer', blocked: true, spend: 3 })
  await put(litellm, 'TagTable', { tag_name: 'prod', models: [], spend: 1.5 })
  await put(litellm, 'AccessGroupTable', {
    ...{ access_group_id: 'g1', access_group_name: 'quick', access_model_names: ['openai/m'] },
  })
  await put(litellm, 'ProxyModelTable', {
    ...{ model_id: 'm1', model_name: 'from-database', model_info: {} },
    litellm_params: { model: sealed('openai/gpt-4o'), api_key: sealed('sk-of-the-provider'), rpm: 5 },
  })
  await fillCalls(litellm)
  await put(litellm, 'UserTable', { user_id: 'u2', user_email: 'u2@acme.example', password: scrypted })
  await put(litellm, 'UserTable', {
    user_id: 'u3',
    user_email: 'u3@acme.example',
    password: sha256(PASSWORD),
  })
  for (const [id, more] of Object.entries({
    open: {},
    used: { is_accepted: true },
    old: { expires_at: JANUARY },
  }))
    await put(litellm, 'InvitationLink', { id, user_id: 'u1', expires_at: '2099-01-01T00:00:00Z', ...more })
  const day = { date: '2026-01-05', api_key: sha256(KEY), model: 'gpt-4o', custom_llm_provider: 'openai' }
  for (const tool of [null, 'a-tool'])
    await put(litellm, 'DailyUserSpend', {
      ...{ ...day, user_id: 'u1', mcp_namespaced_tool_name: tool, endpoint: '/chat/completions' },
      ...{ spend: 0.15000000000000002, api_requests: 3, prompt_tokens: 100, failed_requests: 1 },
    })
  await put(litellm, 'DailyTeamSpend', { ...day, team_id: 't1', spend: 0.3, api_requests: 6 })
}

/** More of them than one page, all at the same moment, and one with everything. */
async function fillCalls(litellm: Client): Promise<void> {
  await litellm.query(`insert into "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime", request_tags)
    select 'r-' || n, 'acompletion', '2026-01-02', '2026-01-02', '["bulk"]' from generate_series(1, ${CALLS}) n`)
  await put(litellm, 'SpendLogs', {
    ...{ request_id: 'r1', call_type: 'acompletion', startTime: JANUARY, endTime: '2026-01-01T00:00:01.5Z' },
    ...{ api_key: sha256(KEY), spend: 0.15000000000000002, user: 'u1', team_id: 't1', end_user: 'c1' },
    ...{
      model: 'gpt-4o',
      model_group: 'fast',
      model_id: 'm1',
      custom_llm_provider: 'openai',
      cache_hit: 'True',
    },
    ...{ total_tokens: 30, prompt_tokens: 20, completion_tokens: 10, status: 'failure', session_id: 's1' },
    request_tags: JSON.stringify(['prod', 'User-Agent: x']),
    metadata: { user_api_key_alias: 'search-prod', usage_object: { cache_read_input_tokens: 7 }, own: 1 },
    proxy_server_request: { url: 'http://old' },
  })
  const now = new Date().toISOString()
  await put(litellm, 'SpendLogs', {
    ...{ request_id: 'r-today', call_type: 'acompletion', spend: 0.5, startTime: now, endTime: now },
  })
}

async function sluice(...args: readonly string[]): Promise<{ stdout: string }> {
  const bundle = process.env['SLUICE_TEST_GATEWAY'] as string
  const env = { PATH: process.env['PATH'], LITELLM_SALT_KEY: SALT, SLUICE_DATA_DIR: '/nonexistent' }
  return await promisify(execFile)(process.execPath, [bundle, 'migrate', 'litellm', ...args], { env })
}

const call = (rig: Rig, key: string, model = 'openai/m') =>
  new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 }).chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Hello' }],
  })

async function info(rig: Rig, path: string): Promise<Record<string, unknown>> {
  const response = await rig.admin(path)
  const body = (await response.json()) as Record<string, unknown>
  expect([path, response.status, response.ok || body]).toEqual([path, 200, true])
  return body
}

test('keys that LiteLLM issued work here, with spend, budgets and models; a second run counts nothing twice', async () => {
  const [from, to] = [await postgres.createDatabase('litellm'), await postgres.createDatabase('sluice')]
  await expect(sluice('--database-url', from, '--data-directory', tmpdir())).rejects.toThrow(
    'no tables LiteLLM_',
  )
  const litellm = await makeLitellmDatabase(from)
  onTestFinished(() => litellm.end())
  await fill(litellm)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-migrate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const target = ['--database-url', from, '--config', join(folder, 'config.yaml')]
  writeFileSync(
    join(folder, 'config.yaml'),
    JSON.stringify({ model_list: [], general_settings: { database_url: to, master_key: 'sk-m' } }),
  )

  const plan = await sluice(...target)
  expect(plan.stdout).toContain('Nothing was written')
  expect(plan.stdout).toMatch(/VerificationToken +3 rows: 2 new, 0 changed, 0 as before/)
  expect(plan.stdout).toMatch(/SpendLogs +1205 rows: 1205 new/)
  expect(plan.stdout).toMatch(/UserTable, passwords +3 rows: 2 new/)
  expect(plan.stdout).toMatch(/UserTable: has a password in a form that is not known here.*\(1×\)/)
  expect(plan.stdout).toContain('SpendLogs.proxy_server_request: in 1 rows')
  const none = await sluice(...target, '--spend-logs', 'none')
  expect(none.stdout).toMatch(/SpendLogs: 1205 rows \(single calls stay there/)
  await expect(sluice(...target, '--spend-logs', 'some')).rejects.toThrow('--spend-logs')
  expect(plan.stdout).toContain('VerificationToken.soft_budget_cooldown: in 1 rows')
  expect(plan.stdout).not.toContain('sk-of-the-provider')
  const empty = await startRig({ upstream, env: { DATABASE_URL: to } })
  expect((await empty.admin(`/key/info?key=${KEY}`)).status).toBe(404)
  await empty.close()

  const modelsFile = join(folder, 'models.yaml')
  const done = await sluice(...target, '--apply', '--models-file', modelsFile)
  expect(done.stdout).toContain('Done.')
  expect(statSync(modelsFile).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(modelsFile, 'utf8'))).toEqual({
    model_list: [
      {
        model_name: 'from-database',
        litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-of-the-provider', rpm: 5 },
        model_info: { id: 'm1' },
      },
    ],
  })

  const rig = await startRig({ upstream, env: { DATABASE_URL: to } })
  onTestFinished(() => rig.close())
  const key = (await info(rig, `/key/info?key=${KEY}`))['info'] as Record<string, unknown>
  expect(key).toMatchObject({
    ...{ key_name: 'sk-...1234', key_alias: 'search-prod', user_id: 'u1', team_id: 't1', spend: 0.3 },
    ...{ max_budget: 2.5, models: ['openai/*'], metadata: { color: 'blue', config: { a: 1 } } },
  })
  const answer = await call(rig, KEY)
  expect(answer.choices[0]?.message.content).toContain('Hello')
  expect((await call(rig, OLD)).choices).toHaveLength(1)
  await expect(call(rig, KEY, 'anthropic/m')).rejects.toMatchObject({ status: 403 })
  await expect(call(rig, SPENT)).rejects.toMatchObject({ status: 429, type: 'budget_exceeded' })
  await eventually('both calls are counted', async () => {
    return (await info(rig, '/health/readiness'))['spend_rows_pending'] === 0
  })
  const { spend: spent } = (await info(rig, `/key/info?key=${KEY}`))['info'] as { spend: number }
  expect(spent).toBeGreaterThan(0.3)

  await expectCalls(rig)
  await expectSignIns(rig)
  const verdict = await verify(to, folder)
  expect(verdict).toContain('agree')

  await litellm.query(
    `update "LiteLLM_VerificationToken" set spend = spend + 1 where token = '${sha256(KEY)}'`,
  )
  const again = await sluice(...target, '--apply')
  expect(again.stdout).toMatch(/VerificationToken +3 rows: 0 new, 1 changed, 1 as before/)
  expect(again.stdout).toMatch(/SpendLogs +1205 rows: 0 new, 0 changed, 1205 as before/)
  expect(again.stdout).toMatch(/UserTable, passwords +3 rows: 0 new, 0 changed, 2 as before/)
  await expectSignIns(rig)
  expect(again.stdout).toMatch(/TeamTable +2 rows: 0 new, 0 changed, 2 as before/)
  await eventually('what LiteLLM spent meanwhile is added to what was spent here', async () => {
    const { spend } = (await info(rig, `/key/info?key=${KEY}`))['info'] as { spend: number }
    return Math.round((spend - spent) * 1e9) === 1e9
  })
  const third = await sluice(...target, '--apply', '--json')
  const report = JSON.parse(third.stdout) as { tables: { table: string; changed: number; created: number }[] }
  expect(report.tables.find(({ table }) => table === 'VerificationToken')).toMatchObject({
    changed: 0,
    created: 0,
  })
  const days = await sums(to)
  expect(days).toEqual([
    { kind: 'key', nano: '300000000', requests: '6' },
    { kind: 'model', nano: '300000000', requests: '6' },
    { kind: 'team', nano: '300000000', requests: '6' },
    { kind: 'user', nano: '300000000', requests: '6' },
  ])
})

/** Single calls are here under their ids, beside those that were made here. */
async function expectCalls(rig: Rig): Promise<void> {
  const logs = async (query: string) =>
    (await (await rig.admin(`/spend/logs?${query}`)).json()) as Record<string, unknown>[]
  expect(await logs('request_id=r1')).toEqual([
    expect.objectContaining({
      ...{ request_id: 'r1', api_key: sha256(KEY), spend: 0.15, user: 'u1', team_id: 't1', end_user: 'c1' },
      ...{ model: 'gpt-4o', model_group: 'fast', prompt_tokens: 20, status: 'failure', session_id: 's1' },
      ...{ startTime: '2026-01-01T00:00:00.000Z', endTime: '2026-01-01T00:00:01.500Z' },
      request_tags: ['prod', 'User-Agent: x'],
    }),
  ])
  expect(await logs('request_id=r-1')).toHaveLength(1)
  expect(await logs(`request_id=r-${CALLS}`)).toHaveLength(1)
}

async function expectSignIns(rig: Rig): Promise<void> {
  const login = async (username: string, password: string) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ username, password })
    return (await fetch(`${rig.gateway.url}/v2/login`, { method: 'POST', headers, body })).status
  }
  for (const user of ['u2@acme.example', 'u3']) {
    expect(await login(user, PASSWORD)).toBe(200)
    expect(await login(user, sha256(PASSWORD))).toBe(401)
  }
  const link = (id: string) => rig.admin(`/onboarding/get_token?invite_link=${id}`)
  expect((await link('open')).status).toBe(200)
  for (const id of ['used', 'old']) expect((await link(id)).status).toBe(401)
}

/** What the books say of themselves. */
async function verify(to: string, folder: string): Promise<string> {
  const bundle = process.env['SLUICE_TEST_GATEWAY'] as string
  const env = { PATH: process.env['PATH'], DATABASE_URL: to, SLUICE_DATA_DIR: folder }
  const ran = await promisify(execFile)(process.execPath, [bundle, 'spend', 'verify', '--all'], { env })
  return ran.stdout
}

/** Sums of days that were copied. */
async function sums(url: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    `select kind, sum(spend_nano_usd)::text as nano, sum(requests)::text as requests from daily_details
     where endpoint like 'litellm %' group by kind order by kind`,
  )
  await client.end()
  return rows
}

test('an older LiteLLM, without some tables and columns, is copied all the same, into the embedded database too', async () => {
  const from = await postgres.createDatabase('older')
  const litellm = await makeLitellmDatabase(from, [
    'ProjectTable',
    'TagTable',
    'AccessGroupTable',
    'DailyTagSpend',
  ])
  await litellm.query(
    'alter table "LiteLLM_VerificationToken" drop column project_id, drop column budget_limits',
  )
  await put(litellm, 'VerificationToken', { token: sha256(KEY), models: [], spend: 2, budget_id: 'gone' })
  await litellm.end()
  const dataDirectory = mkdtempSync(join(tmpdir(), 'sluice-migrate-'))
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }))
  const { stdout } = await sluice('--database-url', from, '--data-directory', dataDirectory, '--apply')
  expect(stdout).toContain('ProjectTable')
  expect(stdout).toContain('names a budget that does not exist; it is left out (1×)')
  const rig = await startRig({ upstream, dataDirectory })
  onTestFinished(() => rig.close())
  expect((await call(rig, KEY)).choices).toHaveLength(1)
})
