import { expect, test } from 'vitest'
import { findDoor } from './doors.ts'

test.each([
  ['/v1/chat/completions', 'chat', undefined],
  ['/openai/deployments/my%2Fmodel/chat/completions', 'chat', 'my/model'],
  ['/engines/gpt/embeddings', 'embedding', 'gpt'],
  ['/v1beta/models/openai/gpt:countTokens', 'count_tokens', 'openai/gpt'],
  ['/models/gpt:embedContent', 'embedding', 'gpt'],
])('%s leads to %s of %s', (path, endpoint, model) => {
  const door = findDoor(path)
  expect([door?.endpoint, door?.model]).toEqual([endpoint, model])
})

test.each([
  '/v1/nothing',
  '/v1beta/models/:generateContent',
  '/openai/deployments//chat/completions',
  '/openai/deployments/%E0%A4%A/chat/completions',
  '/v1beta/models/%:generateContent',
])('%s leads nowhere', path => {
  expect(findDoor(path)).toBeUndefined()
})
