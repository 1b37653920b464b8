import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'

/** Introspection as RFC 7662 has it, for a client that knows its secret. */
const provider = { asked: 0, isAway: false, active: new Map<string, object>() }
const basic = `Basic ${Buffer.from('gateway:hidden').toString('base64')}`
const server = createServer((request, response) => {
  let body = ''
  request.on('data', chunk => (body += String(chunk)))
  request.on('end', () => {
    provider.asked++
    const isOurs = request.method === 'POST' && request.headers.authorization === basic
    if (provider.isAway || !isOurs) return void response.writeHead(provider.isAway ? 500 : 401).end()
    const claims = provider.active.get(new URLSearchParams(body).get('token') ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(claims ? { active: true, ...claims } : { active: false }))
  })
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/introspect`

const start = (OAUTH_CLIENT_SECRET: string) =>
  startRig({
    env: { OAUTH_TOKEN_INFO_ENDPOINT: url, OAUTH_CLIENT_ID: 'gateway', OAUTH_CLIENT_SECRET },
    config: { general_settings: { enable_oauth2_auth: true } },
  })
const [rig, stranger] = await Promise.all([start('hidden'), start('wrong')])
afterAll(async () => {
  await Promise.all([rig.close(), stranger.close()])
  server.close()
})

const hi = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const call = async (token: string, at: Rig = rig) =>
  (await post(at.gateway, '/v1/chat/completions', hi, token)).status

test('a token calls models for whom the provider says, and is charged to them', async () => {
  await rig.admin('/team/new', { team_id: 'red' })
  provider.active.set('opaque', { sub: 'ann', team_id: 'red' })
  for (let each = 0; each < 3; each++) expect(await call('opaque')).toBe(200)
  expect(provider.asked).toBe(1)
  const rows = await eventually('rows of spend', async () => {
    const found = (await (await rig.admin('/spend/logs?user_id=ann')).json()) as object[]
    return found.length === 3 && found
  })
  expect(rows[0]).toMatchObject({ user: 'ann', team_id: 'red' })
})

test('one that the provider does not know is 401; while it is away, or does not know us, it is 503', async () => {
  expect(await call('nobody-made-this')).toBe(401)
  expect(await call('opaque', stranger)).toBe(503)
  provider.isAway = true
  expect(await call('another')).toBe(503)
  expect(await call('opaque')).toBe(200)
  expect(await call(await rig.newKey())).toBe(200)
})
