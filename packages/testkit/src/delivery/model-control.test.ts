import { expect, test } from 'vitest'
import { mergeControls } from './control.ts'
import { modelControl } from './model-control.ts'

const controlOf = (model: string) => mergeControls(...modelControl(model))

test('an ordinary model asks for nothing', () => {
  expect(controlOf('gpt-4o')).toEqual({})
  expect(controlOf('testkit')).toEqual({})
})

test('directives can be combined in one name', () => {
  expect(controlOf('testkit-slow-200ms-429-retry-7')).toEqual({
    latencyMs: 200,
    status: 429,
    retryAfterSeconds: 7,
  })
  expect(controlOf('bench-bytes-2048-events-10')).toEqual({ reply: { textBytes: 2048, events: 10 } })
})

test('directives of two words and optional numbers are read', () => {
  expect(controlOf('testkit-content-policy')).toEqual({ failure: 'content-policy' })
  expect(controlOf('testkit-error-event')).toEqual({ failAfterEvents: 3 })
  expect(controlOf('testkit-error-event-5-first-10ms')).toEqual({ failAfterEvents: 5, firstTokenMs: 10 })
})

test('an unknown word or a missing number is refused by name', () => {
  expect(() => modelControl('testkit-429x')).toThrow("no model directive '429x'")
  expect(() => modelControl('testkit-cut')).toThrow("'cut' needs a number")
  expect(() => modelControl('testkit-constructor')).toThrow("no model directive 'constructor'")
})
