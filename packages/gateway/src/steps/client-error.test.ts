import { createError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { clientError } from './client-error.ts'

const from = { provider: 'p', model: 'm', message: 'No.' }

test('what a provider means is what a caller hears, whatever status it came with', () => {
  const throttled = createError({
    ...from,
    kind: 'rate_limit',
    status: 400,
    code: 'ThrottlingException',
    retryAfterMs: 7000,
  })
  expect(clientError(throttled)).toMatchObject({
    status: 429,
    type: 'rate_limit_error',
    code: 'ThrottlingException',
    retryAfterMs: 7000,
    retryable: true,
    message: 'No.',
  })
  expect(clientError(createError({ ...from, kind: 'insufficient_quota', status: 403 })).status).toBe(429)
  expect(clientError(createError({ ...from, kind: 'content_policy', status: 500 })).status).toBe(400)
  expect(clientError(createError({ ...from, kind: 'unavailable', status: 529 })).status).toBe(529)
  expect(clientError(createError({ ...from, kind: 'bad_request', status: 413 })).status).toBe(400)
})

test('the gateway’s own refusals and a credential that is not the caller’s', () => {
  const own = createError({ kind: 'rate_limit', message: 'Slow down.', status: 400 })
  expect(clientError(own)).toBe(own)
  expect(clientError(createError({ ...from, kind: 'permission', status: 403 }))).toMatchObject({
    status: 502,
    code: 'upstream_authentication_error',
    retryable: false,
  })
})

test('what only the configuration can say wrongly is the operator’s to mend, and what callers may not say is theirs', () => {
  const missing = createError({ ...from, kind: 'bad_request', param: 'api_base' })
  const broken = createError({ ...from, kind: 'bad_request', param: 'vertex_credentials.token_uri' })
  expect(clientError(broken)).toMatchObject({ status: 502, code: 'deployment_misconfigured' })
  expect(clientError(missing)).toMatchObject({
    status: 502,
    code: 'deployment_misconfigured',
    retryable: false,
  })
  const foreign = createError({ kind: 'bad_request', message: 'api_base may not be set.', param: 'api_base' })
  expect(clientError(foreign)).toBe(foreign)
})
