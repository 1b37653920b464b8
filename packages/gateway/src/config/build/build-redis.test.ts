import { expect, test } from 'vitest'
import { loadText, problemsOf, warningsOf } from '../testing/load-text.ts'

async function redisOf(text: string, env: Readonly<Record<string, string>> = {}) {
  return (await loadText(text, { env })).settings.redis
}
const ROUTER = (...lines: string[]) => ['router_settings:', ...lines].join('\n  ')
const CACHE = (...lines: string[]) => ['litellm_settings:', 'cache: true', ...lines].join('\n  ')

test('the router’s own Redis, by host or by address', async () => {
  expect(
    await redisOf(ROUTER('redis_host: r.example', 'redis_port: 6380', 'redis_password: p', 'redis_db: 2')),
  ).toEqual({
    kind: 'single',
    nodes: [{ host: 'r.example', port: 6380 }],
    service: undefined,
    sentinelPassword: undefined,
    username: undefined,
    password: 'p',
    database: 2,
    tls: undefined,
    namespace: 'sluice',
    timeoutMs: 100,
  })
  expect(await redisOf(ROUTER('redis_url: rediss://u:p%40ss@[::1]/3'))).toMatchObject({
    nodes: [{ host: '::1', port: 6379 }],
    username: 'u',
    password: 'p@ss',
    database: 3,
    tls: { verify: true, checkHostname: true },
  })
})

test('the cache’s Redis, with its user, TLS and namespace', async () => {
  const params = 'type: redis, host: c, port: 7000, username: u, password: p, ssl: true, namespace: team'
  expect(await redisOf(CACHE(`cache_params: { ${params}, ssl_cert_reqs: none }`))).toMatchObject({
    nodes: [{ host: 'c', port: 7000 }],
    username: 'u',
    password: 'p',
    tls: { verify: false, checkHostname: true },
    namespace: 'team',
  })
})

test('clusters and sentinels, as lists or as JSON in a variable', async () => {
  const nodes = [
    { host: 'a', port: 7001 },
    { host: 'b', port: 6379 },
  ]
  const cluster = { kind: 'cluster', nodes }
  const list = '[{ host: a, port: "7001" }, { host: b }]'
  expect(await redisOf(CACHE(`cache_params: { type: redis, redis_startup_nodes: ${list} }`))).toMatchObject(
    cluster,
  )
  expect(await redisOf(CACHE(), { REDIS_CLUSTER_NODES: JSON.stringify(nodes) })).toMatchObject(cluster)
  expect(await redisOf(ROUTER(`cache_kwargs: { startup_nodes: ${list} }`))).toMatchObject(cluster)
  const sentinel = 'service_name: mymaster, sentinel_nodes: [[s1, 26379], [s2]], sentinel_password: sp'
  expect(await redisOf(CACHE(`cache_params: { type: redis, ${sentinel} }`))).toMatchObject({
    kind: 'sentinel',
    service: 'mymaster',
    sentinelPassword: 'sp',
    nodes: [
      { host: 's1', port: 26_379 },
      { host: 's2', port: 26_379 },
    ],
  })
})

test('the file wins over the environment, the router over the cache, an address over a host', async () => {
  const env = { REDIS_HOST: 'env', REDIS_PORT: '1', REDIS_PASSWORD: 'env-password', REDIS_SSL: 'true' }
  expect(await redisOf(CACHE(), env)).toMatchObject({
    nodes: [{ host: 'env', port: 1 }],
    password: 'env-password',
    tls: { verify: true },
  })
  expect(await redisOf(CACHE('cache_params: { type: redis, host: file, password: p }'), env)).toMatchObject({
    nodes: [{ host: 'file', port: 1 }],
    password: 'p',
  })
  const both = `${CACHE('cache_params: { type: redis, host: cache, namespace: n }')}\n${ROUTER('redis_host: router')}`
  expect(await redisOf(both)).toMatchObject({ nodes: [{ host: 'router', port: 6379 }], namespace: 'n' })
  const url = 'redis_url: redis://url:2/1'
  const named = await redisOf(ROUTER('redis_host: host', url), { ...env, REDIS_URL: 'redis://env-url' })
  expect(named).toMatchObject({ nodes: [{ host: 'url', port: 2 }], database: 1, password: undefined })
  expect(await redisOf(ROUTER('redis_host: host'), { REDIS_URL: 'redis://env-url' })).toMatchObject({
    nodes: [{ host: 'host', port: 6379 }],
  })
})

test('variables alone do not switch it on, and whoever set them is told', async () => {
  const env = { REDIS_HOST: 'env', REDIS_PASSWORD: '' }
  expect(await redisOf('model_list: []', env)).toBe(undefined)
  expect((await warningsOf('model_list: []', { env })).join()).toContain('nothing in the file asks for Redis')
  expect(await redisOf('litellm_settings: { cache: false, cache_params: { type: redis } }', env)).toBe(
    undefined,
  )
  expect(await redisOf(CACHE('cache_params: { type: s3 }'), env)).toBe(undefined)
  expect((await warningsOf(CACHE('cache_params: { type: redis }'))).join()).toContain('address is not known')
})

test('a bad value refuses the start, naming the line, and no password', async () => {
  const bad = [
    'redis_url: http://u:very-secret@host',
    'redis_url: redis://:very-secret@host/zero',
    'redis_url: redis://:very-secret%@host',
  ]
  for (const line of bad) {
    const problems = await problemsOf(ROUTER(line))
    expect(problems).toEqual([expect.stringMatching(/^2:\d+ router_settings\.redis_url: expected redis:/)])
    expect(problems.join()).not.toContain('very-secret')
  }
  for (const line of ['redis_port: 70000', 'cache_kwargs: { startup_nodes: [{ port: 1 }] }'])
    expect(await problemsOf(ROUTER(line))).toHaveLength(1)
  const variables = await problemsOf(CACHE(), { env: { REDIS_URL: 'redis://:very-secret@' } })
  expect(variables.join()).not.toContain('very-secret')
})
