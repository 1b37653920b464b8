import { describe, expect, test } from 'vitest'
import { createError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Route } from '../route.ts'
import type { RoutingSettings } from '../settings.ts'
import { isCallersHaste, timesOf } from './timeouts.ts'

const settings = { timeoutMs: 10_000, streamTimeoutMs: 4_000, streamIdleTimeoutMs: 900 } as RoutingSettings
const route = (over: object = {}) =>
  ({ request: { model: 'm', ...over }, ...over }) as unknown as Route<EndpointName>
const deployment = (over: Partial<Deployment> = {}): Deployment => {
  return { id: 'd', group: 'g', provider: 'p', model: 'm', ...over }
}
const timeout = createError({ kind: 'timeout', message: 'late' })

describe('the limits of an attempt', () => {
  test('the call’s word, else the deployment’s, else the router’s', () => {
    expect(timesOf(route(), deployment(), settings, 10_000).limits).toEqual({
      timeoutMs: 10_000,
      streamTimeoutMs: 4_000,
      idleTimeoutMs: 900,
    })
    const own = deployment({ timeoutMs: 5_000, streamTimeoutMs: 2_000, streamIdleTimeoutMs: 700 })
    expect(timesOf(route(), own, settings, 10_000).limits).toEqual({
      timeoutMs: 5_000,
      streamTimeoutMs: 2_000,
      idleTimeoutMs: 700,
    })
    const said = route({ streamTimeoutMs: 100, streamIdleTimeoutMs: 50 })
    expect(timesOf(said, own, settings, 300).limits).toEqual({
      timeoutMs: 300,
      streamTimeoutMs: 100,
      idleTimeoutMs: 50,
    })
  })
})

describe('a timeout', () => {
  const haste = (durationMs: number, left: number, over: object = {}) =>
    isCallersHaste(timeout, durationMs, timesOf(route(over), deployment(), settings, left))

  test('is the deployment’s when it had all the time the operator grants', () => {
    expect(haste(10_000, 10_000)).toBe(false)
    expect(haste(4_000, 10_000, { stream: true })).toBe(false)
  })

  test('is the caller’s when the caller, or earlier attempts, left less', () => {
    expect(haste(100, 100)).toBe(true)
    expect(haste(200, 10_000, { stream: true, streamTimeoutMs: 200 })).toBe(true)
  })

  test('is the provider’s own when it came before the limit', () => {
    expect(haste(20, 100)).toBe(false)
  })

  test('is what it is about: other errors are never haste', () => {
    const error = createError({ kind: 'internal', message: 'x' })
    expect(isCallersHaste(error, 100, timesOf(route(), deployment(), settings, 100))).toBe(false)
  })
})
