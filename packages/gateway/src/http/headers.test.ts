import { expect, test } from 'vitest'
import { readHints } from './headers.ts'

const ASK = { formatHeaders: ['anthropic-beta'], forwardAll: false } as const

test('Beta headers sent to the wrong provider: they travel apart from what every provider gets', () => {
  const hints = readHints({ 'anthropic-beta': 'a-1', 'x-pass-trace': 't' }, undefined, ASK)
  expect(hints.formatHeaders).toEqual({ 'anthropic-beta': 'a-1' })
  expect(hints.forward).toEqual({ trace: 't' })
})

test('a client of another format has no beta headers', () => {
  const hints = readHints({ 'anthropic-beta': 'a-1' }, undefined, {
    formatHeaders: undefined,
    forwardAll: true,
  })
  expect(hints.formatHeaders).toBeUndefined()
  expect(hints.forward).toBeUndefined()
})

test('other x- headers go upstream only when the operator says so, credentials and our own never', () => {
  const headers = {
    'x-tenant': 'blue',
    'x-api-key': 'sk-secret',
    'x-goog-api-key': 'secret',
    'x-litellm-tags': 'a',
    'x-stainless-os': 'Linux',
    'x-forwarded-for': '10.0.0.1',
  }
  expect(readHints(headers, undefined, ASK).forward).toBeUndefined()
  expect(readHints(headers, undefined, { ...ASK, forwardAll: true }).forward).toEqual({ 'x-tenant': 'blue' })
})

test('a header that is not what it should be is refused by its name', () => {
  expect(() => readHints({ 'x-litellm-timeout': 'soon' }, undefined, ASK)).toThrow(/x-litellm-timeout/)
  expect(() => readHints({ 'x-litellm-num-retries': '-1' }, undefined, ASK)).toThrow(/x-litellm-num-retries/)
  expect(() => readHints({ 'x-litellm-spend-logs-metadata': '[1]' }, undefined, ASK)).toThrow(/JSON object/)
})
