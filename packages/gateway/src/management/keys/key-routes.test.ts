import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import type { Database } from '../../db/database.ts'
import { databaseUnavailable } from '../../db/database-error.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { MASTER_KEY, NOW, openTestOffice, type TestOffice } from '../testing/test-office.ts'

const place = sqlitePlace()
let database: Database
let office: TestOffice
afterAll(async () => {
  await office.app.close()
  await place.remove()
})
beforeAll(async () => {
  database = await place.open()
  office = await openTestOffice(database)
})

async function newKey(body: object = {}): Promise<string> {
  const { status, key } = await office.call('POST', '/key/generate', body)
  expect(status).toBe(200)
  return key
}

describe('/key/generate', () => {
  test('makes a key that works at once, and shows it with LiteLLM fields', async () => {
    const { status, json, key } = await office.call('POST', '/key/generate', {
      key_alias: 'alice-laptop',
      user_id: 'alice',
      team_id: 'red',
      models: ['gpt-4o'],
      aliases: { smart: 'gpt-4o' },
      max_budget: 12.5,
      budget_duration: '30d',
      duration: '1d',
      rpm_limit: 10,
      tpm_limit: 1000,
      max_parallel_requests: 2,
      tags: ['prod'],
      metadata: { note: 'x' },
    })
    expect(status).toBe(200)
    expect(key).toMatch(/^sk-[\w-]{22,}$/)
    expect(json).toMatchObject({
      key_name: `sk-...${key.slice(-4)}`,
      token: hashKey(key),
      token_id: hashKey(key),
      key_alias: 'alice-laptop',
      user_id: 'alice',
      max_budget: 12.5,
      spend: 0,
      budget_duration: '30d',
      budget_reset_at: '2026-12-01T00:00:00.000Z',
      expires: '2026-11-22T12:00:00.000Z',
      rpm_limit: 10,
      tags: ['prod'],
      metadata: { note: 'x' },
      created_by: 'default_user_id',
      created_at: '2026-11-21T12:00:00.000Z',
    })
    expect(json).not.toHaveProperty('warnings')
    expect(await office.authenticate(key)).toMatchObject({
      record: { userId: 'alice', teamId: 'red' },
      subjects: [{ label: 'alice-laptop', rpm: 10, budget: { maxNanoUsd: 12_500_000_000 } }],
    })
    const row = await database.keys.find(hashKey(key))
    expect(JSON.stringify(row)).not.toContain(key)
  })

  test('takes a key of your own when it starts with sk-, and refuses it twice', async () => {
    expect((await office.call('POST', '/key/generate', { key: 'sk-my-own' })).key).toBe('sk-my-own')
    expect((await office.call('POST', '/key/generate', { key: 'sk-my-own' })).status).toBe(409)
    const { status, error } = await office.call('POST', '/key/generate', { key: 'my-own' })
    expect(status).toBe(400)
    expect(error).toMatchObject({ param: 'key', message: "key: must start with 'sk-'." })
  })

  test('an alias is unique and the refusal names it', async () => {
    await newKey({ key_alias: 'twin' })
    const { status, error } = await office.call('POST', '/key/generate', { key_alias: 'twin' })
    expect(status).toBe(409)
    expect(error.message).toContain("alias 'twin'")
  })

  test('an unknown field is refused by name, a documented one without effect is kept with a warning', async () => {
    const unknown = await office.call('POST', '/key/generate', { max_bugdet: 5 })
    expect(unknown.status).toBe(400)
    expect(unknown.error).toMatchObject({ param: 'max_bugdet' })
    expect(unknown.error.message).toContain('Unknown fields in the body: max_bugdet.')

    const { status, json } = await office.call('POST', '/key/generate', {
      guardrails: ['pii'],
      agent_id: null,
    })
    expect(status).toBe(200)
    expect(json['metadata']).toEqual({ guardrails: ['pii'] })
    expect(json['warnings']).toEqual([expect.stringContaining('`guardrails` has no effect')])
  })

  test.each([
    [{ max_budget: -1 }, 'max_budget'],
    [{ rpm_limit: 1.5 }, 'rpm_limit'],
    [{ budget_duration: 'monthly' }, 'budget_duration'],
    [{ duration: 'soon' }, 'duration'],
    [{ models: 'gpt-4o' }, 'models'],
    [{ allowed_routes: ['chat'] }, 'allowed_routes'],
    [{ key_type: 'root' }, 'key_type'],
    [{ max_budget: 1e12 }, 'max_budget'],
  ])('%j is refused, naming %s', async (body, param) => {
    const { status, error } = await office.call('POST', '/key/generate', body)
    expect(status).toBe(400)
    expect(error.param).toBe(param)
  })

  test('an empty budget means none, and -1 never expires', async () => {
    const { json } = await office.call('POST', '/key/generate', { max_budget: '', duration: '-1' })
    expect(json).toMatchObject({ max_budget: null, expires: null })
  })

  test('a key type stands for routes', async () => {
    const { json } = await office.call('POST', '/key/generate', { key_type: 'llm_api' })
    expect(json['allowed_routes']).toEqual(['llm_api_routes'])
  })
})

describe('who may manage keys', () => {
  const writes = [
    ['/key/generate', {}],
    ['/key/update', { key: 'sk-victim', max_budget: 1000 }],
    ['/key/delete', { keys: ['sk-victim'] }],
    ['/key/block', { key: 'sk-victim' }],
    ['/key/unblock', { key: 'sk-victim' }],
    ['/key/regenerate', { key: 'sk-victim' }],
    ['/key/sk-victim/regenerate', {}],
  ] as const

  beforeAll(async () => {
    await newKey({ key: 'sk-victim' })
    await newKey({ key: 'sk-attacker', allowed_routes: ['management_routes', 'key_management_routes'] })
  })

  test.each(writes)('nobody without a key calls %s', async (url, body) => {
    const { status, error } = await office.call('POST', url, body, null)
    expect(status).toBe(401)
    expect(error.message).toContain('No api key passed in')
  })

  test.each(writes)('CVE-2026-12770: a key cannot change another through %s', async (url, body) => {
    expect((await office.call('POST', url, body, 'sk-attacker')).status).toBe(403)
    expect(await database.keys.find(hashKey('sk-victim'))).toMatchObject({
      blocked: false,
      maxBudgetNanoUsd: null,
    })
  })

  test('CVE-2026-47101: a key cannot grant itself routes, models or money', async () => {
    for (const change of [{ allowed_routes: ['/key/generate'] }, { models: [] }, { max_budget: 1e6 }]) {
      const { status } = await office.call(
        'POST',
        '/key/update',
        { key: 'sk-victim', ...change },
        'sk-victim',
      )
      expect(status).toBe(403)
    }
  })

  test('a key may read itself and no other, and the list is for the admin', async () => {
    const own = await office.call('GET', '/key/info', undefined, 'sk-victim')
    expect(own.json).toMatchObject({
      key: hashKey('sk-victim'),
      info: { key_name: 'sk-...', blocked: false },
    })
    expect(own.json['info']).not.toHaveProperty('token')
    expect((await office.call('GET', '/key/info?key=sk-attacker', undefined, 'sk-victim')).status).toBe(403)
    expect(
      (await office.call('GET', `/key/info?key=${hashKey('sk-attacker')}`, undefined, 'sk-victim')).status,
    ).toBe(403)
    expect((await office.call('GET', '/key/list', undefined, 'sk-victim')).status).toBe(403)
  })

  test('the master key is asked to name a key', async () => {
    expect((await office.call('GET', '/key/info')).status).toBe(400)
  })

  test('the body of a stranger is not even parsed', async () => {
    const response = await office.app.inject({
      method: 'POST',
      url: '/key/generate',
      headers: { 'content-type': 'application/json' },
      payload: '{ not json',
    })
    expect(response.statusCode).toBe(401)
  })
})

describe('/key/update', () => {
  test('changes what is named, clears what is null, leaves the rest', async () => {
    const key = await newKey({ models: ['a'], rpm_limit: 5, metadata: { a: 1 }, max_budget: 3 })
    const { status, json } = await office.call('POST', '/key/update', { key, rpm_limit: null, models: ['b'] })
    expect(status).toBe(200)
    expect(json).toMatchObject({ models: ['b'], rpm_limit: null, max_budget: 3, metadata: { a: 1 } })
    expect(JSON.stringify(json)).not.toContain(key)
    expect(await office.authenticate(key)).toMatchObject({ modelLayers: [{ of: 'key', models: ['b'] }] })
  })

  test('accepts the hash in place of the key', async () => {
    const key = await newKey()
    const { json } = await office.call('POST', '/key/update', { key: hashKey(key), tags: ['x'] })
    expect(json['tags']).toEqual(['x'])
  })

  test('spend set by hand takes hold in the counters at once', async () => {
    const key = await newKey({ max_budget: 1 })
    const reserve = async () => {
      const caller = (await office.authenticate(key)) as { subjects: [] }
      return office.limiter.reserve({
        now: NOW,
        subjects: caller.subjects,
        tokens: 1,
        nanoUsd: 1,
        model: 'm',
      })
    }
    await office.call('POST', '/key/update', { key, spend: 1 })
    await expect(reserve()).rejects.toMatchObject({ kind: 'budget' })
    office.clock.time += 1
    await office.call('POST', '/key/update', { key, spend: 0, metadata: { kept: true } })
    await reserve()
  })

  test('a field of another route is not silently ignored', async () => {
    const key = await newKey()
    expect((await office.call('POST', '/key/update', { key, key_type: 'llm_api' })).error.param).toBe(
      'key_type',
    )
    expect((await office.call('POST', '/key/generate', { new_key: 'sk-abcd' })).error.param).toBe('new_key')
  })

  test('an unknown key is 404', async () => {
    expect((await office.call('POST', '/key/update', { key: 'sk-nobody', rpm_limit: 1 })).status).toBe(404)
    expect((await office.call('POST', '/key/block', { key: 'sk-nobody' })).status).toBe(404)
    expect((await office.call('POST', '/key/delete', { keys: ['sk-nobody'] })).status).toBe(404)
    expect((await office.call('POST', '/key/regenerate', { key: 'sk-nobody' })).status).toBe(404)
  })
})

describe('/key/block, /key/delete and /key/regenerate', () => {
  test('a blocked key stops at once and works again when unblocked', async () => {
    const key = await newKey()
    expect((await office.call('POST', '/key/block', { key })).json['blocked']).toBe(true)
    await expect(office.authenticate(key)).rejects.toMatchObject({ status: 401, type: 'auth_error' })
    expect((await office.call('POST', '/key/unblock', { key })).json['blocked']).toBe(false)
    await office.authenticate(key)
  })

  test('deleted keys are gone, by key or by alias; one that does not exist saves the others', async () => {
    const one = await newKey({ key_alias: 'gone' })
    const two = await newKey()
    expect((await office.call('POST', '/key/delete', { keys: [two, 'sk-none'] })).status).toBe(404)
    await office.authenticate(two)
    const { json } = await office.call('POST', '/key/delete', { keys: [two], key_aliases: ['gone'] })
    expect(new Set(json['deleted_keys'] as string[])).toEqual(new Set([hashKey(one), hashKey(two)]))
    for (const key of [one, two])
      await expect(office.authenticate(key)).rejects.toMatchObject({ status: 401 })
    expect((await office.call('POST', '/key/delete', {})).status).toBe(400)
  })

  test('a regenerated key keeps everything but its secret', async () => {
    const old = await newKey({ key_alias: 'renewed', rpm_limit: 3 })
    const { status, json, key } = await office.call('POST', `/key/${hashKey(old)}/regenerate`, {
      max_budget: 2,
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({ key_alias: 'renewed', rpm_limit: 3, max_budget: 2 })
    expect(json['token_id']).toBe(hashKey(key))
    await expect(office.authenticate(old)).rejects.toMatchObject({ type: 'token_not_found_in_db' })
    await office.authenticate(key)
    const named = await office.call('POST', '/key/regenerate', {
      key: key,
      new_key: 'sk-chosen-by-me',
    })
    expect(named.key).toBe('sk-chosen-by-me')
    expect((await office.call('POST', '/key/regenerate', {})).status).toBe(400)
  })
})

describe('/key/list', () => {
  test('pages through keys, hashes or whole objects', async () => {
    for (let i = 0; i < 5; i++) await newKey({ user_id: 'lister' })
    const { json } = await office.call('GET', '/key/list?user_id=lister&size=2&page=3')
    expect(json).toMatchObject({ total_count: 5, current_page: 3, total_pages: 3 })
    expect(json['keys']).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    const full = await office.call('GET', '/key/list?user_id=lister&return_full_object=true')
    expect(full.json['keys']).toContainEqual(expect.objectContaining({ user_id: 'lister', spend: 0 }))
    const hashes = await office.call('GET', '/key/list?return_full_object=false&size=1')
    expect(hashes.json['keys']).toEqual([expect.any(String)])
  })

  test('a filter nobody knows is refused rather than ignored', async () => {
    const { status, error } = await office.call('GET', '/key/list?state=x')
    expect(status).toBe(400)
    expect(error.message).toContain('state')
    expect((await office.call('GET', '/key/list?size=101')).status).toBe(400)
  })
})

describe('while the database is down', () => {
  test('management answers 503, and the admin is still known', async () => {
    const down = () => Promise.reject(databaseUnavailable())
    const keys = { ...database.keys, find: down, create: down, list: down, update: down, remove: down }
    const broken = await openTestOffice({ ...database, keys })
    for (const [method, url, body] of [
      ['POST', '/key/generate', {}],
      ['POST', '/key/update', { key: 'sk-x' }],
      ['GET', '/key/list', undefined],
      ['GET', '/key/info?key=sk-x', undefined],
    ] as const) {
      const { status, error } = await broken.call(method, url, body, MASTER_KEY)
      expect(status).toBe(503)
      expect(error.type).toBe('no_db_connection')
    }
    expect((await broken.call('GET', '/key/info', undefined, 'sk-unknown')).status).toBe(503)
    await broken.app.close()
  })
})
