import { createHash } from 'node:crypto'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Rig, startRig } from '../gateway.ts'
import { ask, clientFormats } from './client-formats.ts'
import { exchange } from './exchange.ts'

const evil = await startUpstream()
let rig: Rig
let key: string
beforeAll(async () => {
  rig = await startRig()
  key = await rig.newKey()
})
beforeEach(() => {
  rig.upstream.reset()
  evil.reset()
})
afterAll(async () => {
  await rig.close()
  await evil.close()
})

const hello = { messages: [{ role: 'user', content: 'Hello' }] }

test('CVE-2024-6587: callers never choose the base URL or the key', async () => {
  const fields = {
    api_base: `${evil.url}/v1`,
    base_url: `${evil.url}/v1`,
    api_key: 'sk-of-the-caller',
    organization: 'org-of-the-caller',
    custom_llm_provider: 'gemini',
    api_version: '2020-01-01',
  }
  const nests = [
    (field: object) => field,
    (field: object) => ({ extra_body: field }),
    (field: object) => ({ litellm_params: field }),
    (field: object) => ({ metadata: field }),
    (field: object) => ({ fallbacks: [{ model: 'openai/other', ...field }] }),
  ]
  for (const format of clientFormats) {
    for (const [name, value] of Object.entries(fields)) {
      for (const [depth, nest] of nests.entries()) {
        const body = { ...format.body('openai/m', 'Hello', false), ...nest({ [name]: value }) }
        const reply = await ask(
          rig.gateway.url,
          format,
          key,
          { model: 'openai/m' },
          { body: JSON.stringify(body) },
        )
        if (depth === 0) {
          // Fields of some other format are another matter: they are refused or unknown, and go nowhere.
          if (format.name === 'openai') expect([name, reply.status]).toEqual([name, 400])
          if (format.name === 'openai') expect(reply.error).toContain(name === 'base_url' ? 'api_base' : name)
        }
        for (const request of rig.upstream.requests) {
          expect(request.headers.authorization).toBe('Bearer vendor-key')
          expect(request.path).toBe('/v1/chat/completions')
        }
        rig.upstream.reset()
      }
    }
  }
  expect(evil.requests.length).toBe(0)
})

test('no request header moves a call elsewhere or carries the client’s own credential on', async () => {
  const reply = await ask(
    rig.gateway.url,
    clientFormats[0] as never,
    key,
    { model: 'openai/m' },
    {
      headers: {
        'x-forwarded-host': 'evil.example',
        'x-litellm-api-base': evil.url,
        'x-api-base': evil.url,
        'x-pass-authorization': 'Bearer smuggled',
        'x-pass-host': 'evil.example',
      },
    },
  )
  expect(reply.status).toBeLessThan(500)
  expect(evil.requests.length).toBe(0)
  for (const { headers } of rig.upstream.requests) {
    expect(headers.authorization).toBe('Bearer vendor-key')
    expect(headers.host).toBe(`127.0.0.1:${rig.upstream.port}`)
    expect(JSON.stringify(headers)).not.toContain(key)
  }
})

test('GHSA-69x8-hrgq-fjj8: the hash of a key is not a credential', async () => {
  for (const secret of [key, rig.gateway.masterKey]) {
    const hash = createHash('sha256').update(secret).digest('hex')
    for (const credential of [hash, `sk-${hash}`, hash.toUpperCase(), `hashed-${hash}`]) {
      for (const path of ['/v1/chat/completions', '/key/generate']) {
        const response = await fetch(`${rig.gateway.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'openai/m', ...hello }),
        })
        expect([path, response.status]).toEqual([path, 401])
      }
    }
  }
  expect(rig.upstream.requests.length).toBe(0)
})

/** Routes that need a credential, and what a virtual key may not call. */
const protectedRoutes = [
  ['POST', '/v1/chat/completions', false],
  ['POST', '/v1/messages', false],
  ['POST', '/v1beta/models/openai/m:generateContent', false],
  ['POST', '/openai/deployments/openai%2Fm/chat/completions', false],
  ['POST', '/key/generate', true],
  ['POST', '/key/delete', true],
  ['GET', '/key/list', true],
  ['GET', '/spend/logs', true],
  ['GET', '/v1/models', false],
  ['GET', '/model/info', false],
  ['GET', '/health', false],
] as const

const games: readonly ((path: string) => string)[] = [
  path => path,
  path => `/${path}`,
  path => `//evil.example${path}`,
  path => `http://evil.example${path}`,
  path => `http://127.0.0.1/health/liveliness/..${path}`,
  path => `/health/liveliness/..${path}`,
  path => `/health/liveliness/%2e%2e${path}`,
  path => `/health/liveliness%2f..${path}`,
  path => `/health/liveliness;${path}`,
  path => `/metrics${path}`,
  path => `/.${path}`,
  path => `${path}/`,
  path => `${path}//`,
  path => `${path}/.`,
  path => `${path};`,
  path => `${path}%00`,
  path => `${path}%20`,
  path => `${path}%zz`,
  path => `${path}?/health/liveliness`,
  path => `${path}?key=sk-wrong`,
  path => `${path}#/health/liveliness`,
  path => path.toUpperCase(),
  path => path.replace('/', '/%2f'),
  path => `/${encodeURIComponent(path.slice(1))}`,
  path => path.replace(/[a-z]/, letter => `%${letter.charCodeAt(0).toString(16)}`),
  path => path.replaceAll('/', '\\'),
]

test('path games never reach a handler without a credential, nor an admin’s handler with a virtual key', async () => {
  const body = JSON.stringify({ model: 'openai/m', ...hello, contents: [{ parts: [{ text: 'Hello' }] }] })
  const wrong: string[] = []
  for (const [method, path, adminOnly] of protectedRoutes) {
    for (const game of games) {
      for (const credential of adminOnly ? [undefined, key] : [undefined]) {
        const target = game(path)
        const reply = await exchange(rig.gateway.url, target, {
          method,
          fresh: true,
          headers: {
            'content-type': 'application/json',
            ...(credential && { authorization: `Bearer ${credential}` }),
          },
          ...(method === 'POST' && { body }),
        }).catch((error: Error) => ({ status: error.message }))
        const outcome = `${method} ${target} as ${credential ? 'a key' : 'nobody'}: ${reply.status}`
        if (!/: 4\d\d$/.test(outcome)) wrong.push(outcome)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(rig.upstream.requests.length).toBe(0)
  expect((await fetch(`${rig.gateway.url}/health/liveliness`)).status).toBe(200)
})

test('CVE-2026-48710: the Host header and its relatives change no decision', async () => {
  const hosts = [
    'localhost',
    '127.0.0.1',
    'evil.example/health/liveliness?',
    'x/../metrics',
    'a@b',
    '[::1]',
    '',
  ]
  for (const host of hosts) {
    for (const [method, path, adminOnly] of protectedRoutes) {
      const headers = {
        host,
        'content-type': 'application/json',
        'x-original-url': '/health/liveliness',
        'x-rewrite-url': '/health/liveliness',
        'x-forwarded-prefix': '/health',
        'x-forwarded-for': '127.0.0.1',
        'x-http-method-override': 'GET',
      }
      const nobody = await exchange(rig.gateway.url, path, {
        method,
        headers,
        ...(method === 'POST' && { body: '{}' }),
      })
      expect([host, path, nobody.status >= 400 && nobody.status < 500]).toEqual([host, path, true])
      if (!adminOnly) continue
      const mere = await exchange(rig.gateway.url, path, {
        method,
        headers: { ...headers, authorization: `Bearer ${key}` },
        ...(method === 'POST' && { body: '{}' }),
      })
      expect([host, path, mere.status >= 400 && mere.status < 500]).toEqual([host, path, true])
    }
  }
  expect(rig.upstream.requests.length).toBe(0)
})
