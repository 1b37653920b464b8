import { expect, test } from 'vitest'
import { adminCaller } from '../auth/caller.ts'
import { refuseForeignRouting, refuseMockFailure } from './caller-extras.ts'

test('a fallback of a caller may not choose its address or key either', () => {
  const options = { contentPolicyFallbacks: new Map([['a', [{ model: 'b', options: { apiKey: 'x' } }]]]) }
  expect(() => refuseForeignRouting(options)).toThrow('fallbacks: api_key: may not be set by callers')
})

test('failures on demand are for the holder of the master key alone', () => {
  const asks = { mockFailure: 'internal' } as const
  refuseMockFailure(asks, adminCaller())
  refuseMockFailure({}, { ...adminCaller(), role: 'key' })
  expect(() => refuseMockFailure(asks, { ...adminCaller(), role: 'key' })).toThrow('mock_testing_*')
})
