import { expect, test } from 'vitest'
import { awsStreamError, decodeAwsError } from './aws-errors.ts'
import type { CallInfo } from './codec.ts'

test.each([
  [
    { 'x-amzn-errortype': 'ThrottlingException:http://x' },
    { message: 'slow' },
    429,
    'rate_limit',
    'ThrottlingException',
  ],
  [
    {},
    { __type: 'com.amazon.coral.service#UnrecognizedClientException', message: 'no' },
    403,
    'authentication',
    'UnrecognizedClientException',
  ],
  [
    { 'x-amzn-errortype': 'ValidationException' },
    { message: 'Input is too long for requested model.' },
    400,
    'context_window',
    'ValidationException',
  ],
  [
    { 'x-amzn-errortype': 'ValidationException' },
    { message: 'Malformed input request' },
    400,
    'bad_request',
    'ValidationException',
  ],
  [{}, { ErrorCode: 'ModelError', Message: 'broken' }, 424, 'internal', 'ModelError'],
])('%j and %j', (headers, body, status, kind, code) => {
  expect(decodeAwsError(status, body, headers)).toMatchObject({ kind, code })
})

test('what has no name is left to its status, what says nothing to nobody', () => {
  expect(decodeAwsError(502, { message: 'Bad gateway' })).toMatchObject({ message: 'Bad gateway' })
  expect(decodeAwsError(502, { message: 'Bad gateway' })).not.toHaveProperty('kind')
  expect(decodeAwsError(502, {})).toBeUndefined()
})

test('a refused signature does not tell what was signed', () => {
  const message =
    'The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n' +
    "'POST\n/\nx-amz-security-token:the-session-token'"
  const facts = decodeAwsError(403, { message }, { 'x-amzn-errortype': 'InvalidSignatureException' })
  expect(facts).toMatchObject({
    kind: 'authentication',
    message: 'The request signature we calculated does not match.',
  })
  expect(JSON.stringify(facts)).not.toContain('the-session-token')
})

test('advice follows where a setting of ours would repair it', () => {
  const message = 'A conversation must start with a user message. Try again.'
  expect(decodeAwsError(400, { message })?.message).toMatch(/Try again\. Set modify_params/)
})

test('an exception of a stream has the class of its name', () => {
  const info = { deployment: { provider: 'bedrock' }, model: 'm' } as CallInfo
  const event = { event: 'modelTimeoutException', data: '{"message":"late"}', exception: true as const }
  expect(awsStreamError(event, info)).toMatchObject({
    name: 'APITimeoutError',
    message: 'late',
    provider: 'bedrock',
  })
  expect(awsStreamError({ ...event, event: 'oddException', data: 'x' }, info)).toMatchObject({
    kind: 'internal',
  })
})
