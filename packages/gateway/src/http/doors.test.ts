import { expect, test } from 'vitest'
import { coversRoute } from '../auth/route-groups.ts'
import { doorPaths, findDoor } from './doors.ts'

test.each([
  ['/v1/chat/completions', 'chat', undefined],
  ['/openai/deployments/my%2Fmodel/chat/completions', 'chat', 'my/model'],
  ['/engines/gpt/embeddings', 'embedding', 'gpt'],
  ['/v1beta/models/openai/gpt:countTokens', 'count_tokens', 'openai/gpt'],
  ['/models/gpt:embedContent', 'embedding', 'gpt'],
])('%s leads to %s of %s', (path, endpoint, model) => {
  const door = findDoor('POST', path)
  expect([door?.endpoint, door?.model]).toEqual([endpoint, model])
})

test.each([
  '/v1/nothing',
  '/v1beta/models/:generateContent',
  '/openai/deployments//chat/completions',
  '/openai/deployments/%E0%A4%A/chat/completions',
  '/v1beta/models/%:generateContent',
])('%s leads nowhere', path => {
  expect(findDoor('POST', path)).toBeUndefined()
})

test.each(doorPaths().map(({ method, path, door }) => [method, path, door] as const))(
  '%s %s is found as it is listed, and keys for LLM routes may use it',
  (method, path, door) => {
    const asked = path.replace(/\{\w+\}/g, 'some%20thing')
    const found = findDoor(method, asked)
    expect([found?.endpoint, found?.codec]).toEqual([door.endpoint, door.codec])
    for (const value of [found?.model, ...Object.values(found?.variables ?? {})])
      if (value !== undefined) expect(value).toBe('some thing')
    expect(coversRoute('llm_api_routes', found?.route ?? asked)).toBe(true)
  },
)

test('no method but those of the doors leads anywhere', () => {
  for (const method of ['PUT', 'HEAD', 'constructor', undefined])
    expect(findDoor(method, '/v1/chat/completions')).toBeUndefined()
})
