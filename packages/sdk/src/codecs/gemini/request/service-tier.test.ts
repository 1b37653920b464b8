import { expect, test } from 'vitest'
import { upstreamInfo } from '../testing/call-info.ts'
import { decodeServiceTier, encodeServiceTier } from './service-tier.ts'

const ask = (service_tier: string) => ({ model: 'm', messages: [], service_tier })

test.each([
  ['default', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])('%s is %s there, and back', (ours, theirs) => {
  expect(encodeServiceTier(ask(ours), upstreamInfo())).toBe(theirs)
  expect(decodeServiceTier(theirs)).toBe(ours)
})

test('auto is left to Google, and a tier it does not have is recorded', () => {
  const info = upstreamInfo()
  expect(encodeServiceTier(ask('auto'), info)).toBeUndefined()
  expect(info.warnings).toEqual([])
  expect(encodeServiceTier(ask('scale'), info)).toBeUndefined()
  expect(info.warnings).toMatchObject([{ action: 'dropped', param: 'service_tier' }])
})
