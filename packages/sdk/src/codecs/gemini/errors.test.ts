import { expect, test } from 'vitest'
import { createError, ERROR_KINDS, type ErrorKind } from '../../errors.ts'
import { decodeError, encodeError } from './errors.ts'
import { readJson } from './testing/fixture.ts'

const status = (name: string, message = 'm', details: object[] = []) => ({
  error: { code: 400, message, status: name, details },
})

test('a wrong key is an authentication error though Google answers 400', () => {
  expect(decodeError(400, readJson('error-key.json'))).toMatchObject({
    kind: 'authentication',
    message: 'API key not valid. Please pass a valid API key.',
  })
})

test('a used-up daily quota can be waited for', () => {
  expect(decodeError(429, readJson('error-quota.json'))).toMatchObject({
    kind: 'rate_limit',
    retryAfterMs: 38_500,
    providerSpecificFields: { error: { code: 429 } },
  })
})

test.each<[unknown, ErrorKind]>([
  [status('RESOURCE_EXHAUSTED', 'm', [{ violations: [{ quotaValue: '0' }] }]), 'insufficient_quota'],
  [status('RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'), 'insufficient_quota'],
  [
    status(
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    'context_window',
  ],
  [status('INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'), 'too_large'],
  [status('INVALID_ARGUMENT', 'Invalid value at contents[0]'), 'bad_request'],
  [status('FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'permission'],
  [status('PERMISSION_DENIED'), 'permission'],
  [status('PERMISSION_DENIED', 'm', [{ reason: 'SERVICE_DISABLED' }]), 'permission'],
  [status('UNAUTHENTICATED', 'm', [{ reason: 'ACCESS_TOKEN_EXPIRED' }]), 'authentication'],
  [status('NOT_FOUND'), 'not_found'],
  [status('UNAVAILABLE'), 'unavailable'],
  [status('DEADLINE_EXCEEDED'), 'timeout'],
  [status('INTERNAL'), 'internal'],
  [[status('NOT_FOUND')], 'not_found'],
  [status('constructor'), 'bad_request'],
])('error %# is classified', (body, kind) => {
  expect(decodeError(400, body)?.kind).toBe(kind)
})

test('a body that is no Status leaves the decision to the HTTP status', () => {
  expect(decodeError(500, { message: 'x' })).toBeUndefined()
  expect(decodeError(502, '<html>')).toEqual({ message: '<html>' })
})

test('every kind has a status name that means the same to our own decoder', () => {
  for (const kind of Object.keys(ERROR_KINDS) as ErrorKind[]) {
    const error = createError({ kind, message: 'm', retryAfterMs: 1500 })
    const body = encodeError(error, 'req-1')
    expect(body.error).toMatchObject({ code: error.status, message: 'm', status: expect.any(String) })
    const back = decodeError(error.status, body)
    expect(back?.retryAfterMs).toBe(1500)
    expect(createError({ kind: 'other', message: '', ...back }).retryable || !error.retryable).toBe(true)
  }
})

test("OpenAI's codes win over Google's statuses, which fill in where OpenAI has none", () => {
  const tooLong = {
    error: { code: 400, message: 'The input token count exceeds 1', status: 'INVALID_ARGUMENT' },
  }
  expect(createError({ message: '', kind: 'other', ...decodeError(400, tooLong) }).code).toBe(
    'context_length_exceeded',
  )
  const wrong = { error: { code: 400, message: 'No such field', status: 'INVALID_ARGUMENT' } }
  expect(decodeError(400, wrong)?.code).toBe('INVALID_ARGUMENT')
})
