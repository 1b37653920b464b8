import { expect, test } from 'vitest'
import { createError, type SluiceError } from '../errors.ts'
import { hideSecret } from './hide-secret.ts'

const secret = 'sk-of-the-deployment'
const error = createError({
  kind: 'rate_limit',
  message: `Too many calls with ${secret}.`,
  code: `used_up_${secret}`,
  retryAfterMs: 7,
  provider: 'openai',
  model: 'gpt-4o',
  providerSpecificFields: { body: { said: [`key ${secret}`], other: 1 } },
})

test('the secret is gone from every field, and the rest is as it was', () => {
  const hidden = hideSecret(error, secret) as SluiceError
  expect(hidden).toBeInstanceOf(error.constructor)
  expect(hidden).toMatchObject({
    message: 'Too many calls with [key].',
    code: 'used_up_[key]',
    status: 429,
    retryable: true,
    retryAfterMs: 7,
    provider: 'openai',
    providerSpecificFields: { body: { said: ['key [key]'], other: 1 } },
  })
})

test('errors without it, short secrets and strangers pass as they are', () => {
  const stranger = new Error(secret)
  expect(hideSecret(error, 'another-secret')).toBe(error)
  expect(hideSecret(error, 'key')).toBe(error)
  expect(hideSecret(error, undefined)).toBe(error)
  expect(hideSecret(stranger, secret)).toBe(stranger)
})
