import { expect, test } from 'vitest'
import type { Settings } from '../config/settings.ts'
import { credentialOf } from './credential-of.ts'

const settings = { auth: { keyHeaderName: undefined } } as Settings
const read = (path: string) => credentialOf({ headers: {} }, path, 'key=sk-1', settings)

test('a key in the query opens Google’s own routes, and none whose model has a colon', () => {
  expect(read('/v1beta/models/m:generateContent')).toBe('sk-1')
  expect(read('/models/ft:m:streamGenerateContent')).toBe('sk-1')
  expect(read('/v1/chat/completions')).toBeUndefined()
  expect(read('/model/anthropic.claude-v2:1/converse')).toBeUndefined()
})
