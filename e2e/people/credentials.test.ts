import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'
import { send } from './send.ts'

const FIRST = 'vendor-first-key-00112233445566'
const SECOND = 'vendor-second-key-00112233445566'
/** Has the vendor's own key in its environment: it must never take the place of a missing credential. */
const AMBIENT = 'vendor-ambient-key-00112233445566'

const named = (group: string, name: string, params: object = {}, id = group) => ({
  model_name: group,
  litellm_params: { model: `openai/${group}`, litellm_credential_name: name, ...params },
  model_info: { id, input_cost_per_token: 0, output_cost_per_token: 0 },
})
const credential_list = [{ credential_name: 'both', credential_values: { api_key: 'key-of-the-file' } }]
const env = { LITELLM_SALT_KEY: 'sk-salt-of-the-test', OPENAI_API_KEY: AMBIENT }
const one = await startRig({
  models: [named('stored', 'eu'), named('pair', 'nobody'), named('pair', 'copy', {}, 'pair-2')],
  env,
})
const { upstream } = one
afterAll(() => one.close())

const client = ({ gateway }: Rig) =>
  new OpenAI({ apiKey: gateway.masterKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })

/** The key that the vendor sees; the call's error when it fails. */
async function keySeen(rig: Rig, model: string): Promise<unknown> {
  const before = upstream.requests.length
  const messages = [{ role: 'user' as const, content: 'Hello there' }]
  try {
    await client(rig).chat.completions.create({ model, messages })
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error
    expect(upstream.requests.length).toBe(before)
    return `${error.status} ${error.code}: ${error.message}`
  }
  return upstream.requests.at(-1)?.headers['authorization']
}

const values = (api_key: string) => ({ api_key, api_base: upstream.baseUrl('openai') })
const MISSING = expect.stringMatching(/^503 credential_unavailable: .*There is no credential eu\b/)

describe('stored credentials', () => {
  test('a deployment takes its key and address from the database, follows a rotation, and fails by name', async () => {
    const answers = [await keySeen(one, 'stored')]
    expect(answers[0]).toEqual(MISSING)
    const steps = [
      await send(one, 'POST', '/credentials', {
        credential_name: 'eu',
        credential_values: values(FIRST),
        credential_info: { custom_llm_provider: 'openai' },
      }),
    ]
    expect(steps[0]?.json).toEqual({ success: true, message: 'Credential created successfully' })
    expect(await keySeen(one, 'stored')).toBe(`Bearer ${FIRST}`)
    const shown = await send(one, 'GET', '/credentials/by_name/eu')
    expect(shown.json).toEqual({
      credential_name: 'eu',
      credential_values: { api_key: 've****66', api_base: 'ht****v1' },
      credential_info: { custom_llm_provider: 'openai' },
    })
    const all = await send(one, 'GET', '/credentials')
    expect(all.json).toEqual({ success: true, credentials: [shown.json] })
    const byModel = await send(one, 'GET', '/credentials/by_model/stored')
    expect(byModel.json).toMatchObject({ credential_values: { api_key: 've****66' } })
    steps.push(await send(one, 'PATCH', '/credentials/eu', { credential_values: { api_key: SECOND } }))
    expect(await keySeen(one, 'stored')).toBe(`Bearer ${SECOND}`)
    const copy = { credential_name: 'copy', model_id: 'stored' }
    steps.push(await send(one, 'POST', '/credentials', copy))
    steps.push(await send(one, 'DELETE', '/credentials/eu'))
    answers.push(await keySeen(one, 'stored'))
    expect(answers[1]).toEqual(MISSING)
    // Of two in a group the one that has its credential answers.
    const body = { model: 'pair', messages: [{ role: 'user', content: 'Hello there' }], num_retries: 3 }
    for (let call = 0; call < 4; call += 1)
      expect((await send(one, 'POST', '/v1/chat/completions', body)).status).toBe(200)
    expect(steps.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const audit = await send(one, 'GET', '/audit?table_name=LiteLLM_CredentialsTable')
    expect(audit.json['total']).toBe(4)
    const told = JSON.stringify([answers, steps, shown, all, byModel, audit, one.gateway.logs])
    expect(told).not.toMatch(/vendor-(first|second)|key-0011/)
    expect(written(one)).not.toMatch(/vendor-(first|second)|key-0011/)
    expect(written(one)).toContain('v1:')
  })

  test('what cannot be a credential is refused by its field, and never repeated', async () => {
    const make = (credential_values: object, more: object = {}) =>
      send(one, 'POST', '/credentials', { credential_name: 'bad', credential_values, ...more })
    const refused = [
      await make({ api_key: 'os.environ/LITELLM_MASTER_KEY' }),
      await make({ api_key: `${FIRST}\nx-other: 1` }),
      await make({ api_base: 'file:///etc/passwd' }),
      await make({ rpm: 5 }),
      await make({}),
      await make({ api_key: FIRST }, { extra: 1 }),
    ]
    expect(refused.map(({ status, param }) => [status, param])).toEqual([
      [400, 'credential_values.api_key'],
      [400, 'credential_values.api_key'],
      [400, 'credential_values.api_base'],
      [400, 'credential_values.rpm'],
      [400, null],
      [400, 'extra'],
    ])
    expect(JSON.stringify(refused)).not.toContain(FIRST)
    const twice = await send(one, 'POST', '/credentials', {
      credential_name: 'copy',
      credential_values: values(FIRST),
    })
    expect(twice.status).toBe(409)
    expect((await send(one, 'DELETE', '/credentials/nobody')).status).toBe(404)
    expect((await send(one, 'GET', '/credentials/by_model/nobody')).status).toBe(404)
    const key = await one.newKey()
    expect((await send(one, 'GET', '/credentials', undefined, key)).status).toBe(403)
  })

  test('another gateway of the database follows within seconds; the file wins, another salt key is told by name', async () => {
    const database = await openTestDatabase()
    const config = { general_settings: { database_url: database.url } }
    const open = (salt: string) =>
      startRig({
        ...{ upstream, config: { ...config, credential_list } },
        models: [named('stored', 'eu'), named('both', 'both', { api_base: upstream.baseUrl('openai') })],
        env: { ...env, LITELLM_SALT_KEY: salt, LITELLM_MASTER_KEY: one.gateway.masterKey },
      })
    const [two, other] = await Promise.all([open('sk-salt-of-the-test'), open('sk-another-salt')])
    try {
      for (const name of ['eu', 'both'])
        await send(two, 'POST', '/credentials', { credential_name: name, credential_values: values(FIRST) })
      expect(await keySeen(two, 'both')).toBe('Bearer key-of-the-file')
      expect(await keySeen(two, 'stored')).toBe(`Bearer ${FIRST}`)
      const isTold = async () => String(await keySeen(other, 'stored')).includes('cannot be opened')
      await eventually('the other salt key is told', isTold)
      expect(other.gateway.logs.join('\n')).toMatch(/"credential":"eu".*cannot be opened/)
      await send(other, 'PATCH', '/credentials/eu', { credential_values: values(SECOND) })
      expect(await keySeen(other, 'stored')).toBe(`Bearer ${SECOND}`)
    } finally {
      await Promise.all([two.close(), other.close()])
      await database.close()
    }
  })
})

/** Every byte that the gateway has on disk. */
function written({ gateway }: Rig): string {
  const files = readdirSync(gateway.dataDirectory, { recursive: true, withFileTypes: true })
  return files
    .filter(file => file.isFile())
    .map(({ parentPath, name }) => readIfThere(join(parentPath, name)))
    .join('\n')
}

/** The gateway writes its files anew under other names while they are read here. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return ''
  }
}
