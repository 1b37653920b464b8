import { describe, expect, test } from 'vitest'
import { createError, ERROR_KINDS, type ErrorKind } from '../../errors.ts'
import { decodeError, encodeError } from './errors.ts'

const envelope = (type: string, message = 'm', details?: object) => ({
  type: 'error',
  error: { type, message, ...(details && { details }) },
  request_id: 'req_1',
})

describe('Anthropic’s errors', () => {
  test.each<[number, string, ErrorKind]>([
    [400, 'invalid_request_error', 'bad_request'],
    [401, 'authentication_error', 'authentication'],
    [402, 'billing_error', 'insufficient_quota'],
    [403, 'permission_error', 'permission'],
    [404, 'not_found_error', 'not_found'],
    [409, 'conflict_error', 'conflict'],
    [413, 'request_too_large', 'too_large'],
    [429, 'rate_limit_error', 'rate_limit'],
    [500, 'api_error', 'internal'],
    [504, 'timeout_error', 'timeout'],
    [529, 'overloaded_error', 'unavailable'],
  ])('%i %s is %s', (status, type, kind) => {
    expect(decodeError(status, envelope(type))).toEqual({
      kind,
      message: 'm',
      status,
      providerSpecificFields: { error: { type, message: 'm' }, request_id: 'req_1' },
    })
  })

  test.each<[string, ErrorKind]>([
    ['prompt is too long: 210000 tokens > 200000 maximum', 'context_window'],
    ['input length and `max_tokens` exceed context limit: 1 + 2 > 2', 'context_window'],
    ['Your credit balance is too low to access the Anthropic API.', 'insufficient_quota'],
    ['Output blocked by content filtering policy', 'content_policy'],
    ['Could not process image', 'image_fetch'],
  ])('says only in words: %s', (message, kind) => {
    expect(decodeError(400, envelope('invalid_request_error', message))?.kind).toBe(kind)
  })

  test('an error code says more than the type, and is kept', () => {
    const body = envelope('rate_limit_error', 'm', { error_code: 'enforced_spend_limit_reached' })
    expect(decodeError(429, body)).toMatchObject({
      kind: 'insufficient_quota',
      code: 'enforced_spend_limit_reached',
    })
    const ramp = envelope('rate_limit_error', 'm', { error_code: 'ramp_limit_exceeded' })
    expect(decodeError(429, ramp)).toMatchObject({ kind: 'rate_limit', code: 'ramp_limit_exceeded' })
  })

  test('a type yet to come leaves the kind to the status', () => {
    expect(decodeError(418, envelope('teapot_error'))).not.toHaveProperty('kind')
    expect(decodeError(418, envelope('__proto__'))).not.toHaveProperty('kind')
  })

  test.each([null, 'Bad Gateway', {}, { error: 'x' }, { error: { message: 'x' } }])('%j is none', body => {
    expect(decodeError(502, body)).toBeUndefined()
  })
})

describe('errors for a client of Anthropic’s', () => {
  test.each<[ErrorKind, string]>([
    ['bad_request', 'invalid_request_error'],
    ['context_window', 'invalid_request_error'],
    ['authentication', 'authentication_error'],
    ['permission', 'permission_error'],
    ['not_found', 'not_found_error'],
    ['too_large', 'request_too_large'],
    ['rate_limit', 'rate_limit_error'],
    ['budget', 'billing_error'],
    ['unavailable', 'overloaded_error'],
    ['timeout', 'timeout_error'],
    ['internal', 'api_error'],
    ['bad_gateway', 'api_error'],
    ['truncated', 'api_error'],
  ])('%s is %s', (kind, type) => {
    expect(encodeError(createError({ kind, message: 'why' }), 'req-9')).toEqual({
      type: 'error',
      error: { type, message: 'why' },
      request_id: 'req-9',
    })
  })

  test('every kind of error has a type of Anthropic’s', () => {
    for (const kind of Object.keys(ERROR_KINDS) as ErrorKind[])
      expect(encodeError(createError({ kind, message: '' }), '').error).toMatchObject({
        type: expect.stringMatching(/_error$|^request_too_large$/),
      })
  })
})
