import { PermissionDeniedError } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import { keyRow } from '../db/testing/rows.ts'
import { authorizeRoute } from './authorize-route.ts'
import { adminCaller, callerOfKey } from './caller.ts'
import { coversRoute } from './route-groups.ts'

const keyWith = (...allowedRoutes: string[]) => callerOfKey(keyRow('h', { allowedRoutes }))

describe('authorizeRoute', () => {
  test('a route that states no access is for the admin only', () => {
    expect(() => authorizeRoute(keyWith(), { path: '/anything' })).toThrow(PermissionDeniedError)
    authorizeRoute(adminCaller(), { path: '/anything' })
  })

  test('any key may call LLM routes and ask about itself, and manage nothing', () => {
    authorizeRoute(keyWith(), { path: '/v1/chat/completions', access: 'llm' })
    authorizeRoute(keyWith(), { path: '/key/info', access: 'info' })
    expect(() => authorizeRoute(keyWith(), { path: '/key/generate', access: 'admin' })).toThrow(
      'Only proxy admin can be used',
    )
  })

  test('CVE-2026-47101: allowed_routes can take routes away but never grants an admin one', () => {
    for (const entry of ['/key/generate', 'management_routes', 'key_management_routes', '/', '/key/*']) {
      expect(() => authorizeRoute(keyWith(entry), { path: '/key/generate', access: 'admin' })).toThrow(
        PermissionDeniedError,
      )
    }
  })

  test('a key restricted to some routes is told which', () => {
    const caller = keyWith('/chat/completions', 'anthropic_routes')
    authorizeRoute(caller, { path: '/v1/chat/completions', access: 'llm' })
    authorizeRoute(caller, { path: '/v1/messages', access: 'llm' })
    expect(() => authorizeRoute(caller, { path: '/v1/embeddings', access: 'llm' })).toThrow(
      "Only allowed to call routes: ['/chat/completions', 'anthropic_routes']. Tried to call route: /v1/embeddings",
    )
  })
})

test.each([
  ['/chat/completions', '/v1/chat/completions', true],
  ['/v1/chat/completions', '/chat/completions', true],
  ['/chat', '/chat/completions', true],
  ['/cha', '/chat/completions', false],
  ['/files/*', '/v1/files/file-1/content', true],
  ['openai_routes', '/v1/responses/r1/input_items', true],
  ['llm_api_routes', '/v1beta/models/gemini:generateContent', true],
  ['llm_api_routes', '/key/generate', false],
  ['llm_api_routes', '/v1/feedback', true],
  ['llm_api_routes', '/router/weights', false],
  ['openai_routes', '/feedback', false],
  ['info_routes', '/v1/models', true],
  ['key_management_routes', '/key/abc/regenerate', true],
  ['key_management_routes', '/key/a/b/regenerate', false],
  ['no_such_group', '/v1/models', false],
])('%s covers %s: %s', (entry, path, expected) => {
  expect(coversRoute(entry, path)).toBe(expected)
})
