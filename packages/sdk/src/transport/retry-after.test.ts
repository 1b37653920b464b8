import { describe, expect, test } from 'vitest'
import { retryAfterInBody, retryAfterMs } from './retry-after.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const HOUR = 3_600_000

describe('retryAfterMs', () => {
  test.each([
    ['retry-after-ms', '1500', 1500],
    ['retry-after-ms', '0.5', 1],
    ['retry-after', '30', 30_000],
    ['retry-after', '7.66', 7660],
    ['retry-after', ' 2 ', 2000],
    ['retry-after', 'Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['retry-after', '2026-01-01T00:01:00Z', 60_000],
    ['retry-after', 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['retry-after', '-5', 0],
    ['retry-after', '86400', HOUR],
    ['retry-after', '1s', 1000],
  ])('%s: %s', (name, value, wait) => {
    expect(retryAfterMs({ [name]: value }, NOW)).toBe(wait)
  })

  test.each(['', 'soon', '1x', '--', 'NaN'])('"%s" is no wait', value => {
    expect(retryAfterMs({ 'retry-after': value }, NOW)).toBeUndefined()
  })

  test('the exact header wins', () => {
    expect(retryAfterMs({ 'retry-after-ms': '1', 'retry-after': '9' }, NOW)).toBe(1)
  })

  test.each([
    ['6m0s', 360_000],
    ['1s', 1000],
    ['7.66s', 7660],
    ['120ms', 120],
    ['1h2m3.5s', HOUR],
    ['2m59.56s', 179_560],
    ['12', 12_000],
    [String(NOW / 1000 + 5), 5000],
    [String(NOW + 5000), 5000],
    ['2026-01-01T00:00:05Z', 5000],
  ])('a limit that resets in %s', (value, wait) => {
    expect(retryAfterMs({ 'x-ratelimit-reset-requests': value }, NOW, 429)).toBe(wait)
    expect(retryAfterMs({ 'x-ratelimit-reset-requests': value }, NOW, 500)).toBeUndefined()
  })

  test('only limits that are used up count, the longest of them', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-reset-requests': '50m',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '7.66s',
    }
    expect(retryAfterMs(headers, NOW, 429)).toBe(7660)
    const vendor = {
      'vendor-ratelimit-tokens-remaining': '0',
      'vendor-ratelimit-tokens-reset': '2026-01-01T00:00:09Z',
      'vendor-ratelimit-requests-remaining': '3',
      'vendor-ratelimit-requests-reset': '2026-01-01T00:00:30Z',
    }
    expect(retryAfterMs(vendor, NOW, 429)).toBe(9000)
  })
})

describe('retryAfterInBody', () => {
  test.each([
    ['Please try again in 7.66s. Need more tokens?', 7660],
    ['Please try again in 1m2.5s.', 62_500],
    ['Please try again in 120ms', 120],
    ['please try again after 1 seconds', 1000],
    ['Please wait 42 seconds before retrying.', 42_000],
    ['Try again in 2 minutes', 120_000],
    ['Please retry after 59 seconds.', 59_000],
  ])('%s', (message, wait) => {
    expect(retryAfterInBody({ error: { message } }, NOW)).toBe(wait)
    expect(retryAfterInBody({ message }, NOW)).toBe(wait)
  })

  test('the limits of a provider behind a gateway', () => {
    const headers = {
      'X-RateLimit-Limit': '50',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(NOW + 8000),
    }
    expect(retryAfterInBody({ error: { message: 'no', metadata: { headers } } }, NOW)).toBe(8000)
  })

  test.each(['try again in a while', 'try again later', '', 7, null, { error: 'x' }])(
    '%j says nothing',
    body => {
      expect(
        retryAfterInBody(typeof body === 'string' ? { error: { message: body } } : body, NOW),
      ).toBeUndefined()
    },
  )
})
