import { describe, expect, test } from 'vitest'
import { START, spendRow } from '../testing/spend-rows.ts'
import type { LoggedCall } from './logged-call.ts'
import { readCall } from './read-call.ts'

function callOf(row: Record<string, unknown>): LoggedCall {
  const read = readCall(row)
  if ('call' in read) return read.call
  throw new Error(JSON.stringify(read))
}

test('a row of /spend/logs', () => {
  expect(callOf(spendRow({ at: 1_000, ms: 700, firstMs: 200 }))).toEqual({
    at: START + 1_000,
    durationMs: 700,
    firstMs: 200,
    model: 'main',
    group: 'main',
    deployment: { id: 'a', provider: 'openai', model: 'gpt-4o', apiBase: 'https://a.example.com/v1' },
    usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
    spendUsd: 0.0045,
    retries: 0,
    fallbacks: 0,
    tags: ['team:a'],
    keyHash: 'hash',
  })
})

// Shapes of LiteLLM's table. Source: https://docs.litellm.ai/docs/proxy/cost_tracking, read 2026-11-21
test('a row of LiteLLM’s table: times without a zone, JSON as text, the model with its provider', () => {
  const row = {
    ...spendRow({ ms: 500 }),
    startTime: '2026-11-21 08:00:00.25',
    endTime: '2026-11-21T08:00:01',
    completionStartTime: '2026-11-21T08:00:01',
    model: 'openai/gpt-4o',
    cache_hit: '',
    status: null,
    request_tags: '["a", "User-Agent: x"]',
    metadata: JSON.stringify({
      status: 'success',
      attempted_retries: 2,
      usage_object: {
        prompt_tokens: 1000,
        completion_tokens: 200,
        prompt_tokens_details: { cached_tokens: 7 },
        completion_tokens_details: null,
      },
    }),
  }
  expect(callOf(row)).toMatchObject({
    at: START + 250,
    durationMs: 750,
    retries: 2,
    deployment: { model: 'gpt-4o' },
    tags: ['a', 'User-Agent: x'],
    usage: { prompt_tokens_details: { cached_tokens: 7 } },
  })
  expect(callOf(row)).not.toHaveProperty('firstMs')
})

test('times with a zone, and in numbers', () => {
  const at = (startTime: unknown, endTime: unknown) =>
    callOf({ ...spendRow(), startTime, endTime }).durationMs
  expect(at('2026-11-21T10:00:00+02:00', '2026-11-21T08:00:01Z')).toBe(1_000)
  expect(at('2026-11-21 10:00:00+02', '2026-11-21 08:00:02.5+00')).toBe(2_500)
  expect(at(START, START + 3_000)).toBe(3_000)
  expect(at(START / 1000, START / 1000 + 4)).toBe(4_000)
})

describe('a failure', () => {
  const failureOf = (status: number, errorClass: string, over: object = {}) =>
    callOf(spendRow({ status, errorClass, ...over })).failure

  test.each([
    [429, 'RateLimitError', { kind: 'status', status: 429 }],
    [503, 'ServiceUnavailableError', { kind: 'status', status: 503 }],
    [408, 'Timeout', { kind: 'timeout', status: 408 }],
    [500, 'APIConnectionError', { kind: 'connection', status: 500 }],
    [401, 'AuthenticationError', { kind: 'status', status: 401 }],
    [400, 'BadRequestError', { kind: 'own', status: 400, why: 'bad_request' }],
    [400, 'ContextWindowExceededError', { kind: 'own', status: 400, why: 'context_window' }],
    [400, 'ContentPolicyViolationError', { kind: 'own', status: 400, why: 'content_policy' }],
  ])('%i %s', (status, errorClass, failure) => {
    expect(failureOf(status, errorClass)).toEqual(failure)
  })

  test('of a stream that had begun', () => {
    expect(failureOf(500, 'APIError', { firstMs: 100 })).toEqual({ kind: 'broken', status: 500 })
  })

  test('because nobody was free, where no deployment was asked', () => {
    const nobody = { columns: { model_id: '', custom_llm_provider: '' } }
    const message = 'No deployments available for selected model, Try again in 5 seconds. Passed model=main.'
    const row = spendRow({
      ...nobody,
      status: 429,
      metadata: { error_information: { error_code: '429', error_message: message } },
    })
    expect(callOf(row).failure).toEqual({ kind: 'busy', status: 429 })
  })
})

test('attempts before the last one, as Sluice writes them; one that was overtaken did not fail', () => {
  const attempts = [
    { model_id: 'b', after_ms: 0, duration_ms: 30, status: 500, error_class: 'InternalServerError' },
    { model_id: 'c', after_ms: 40, duration_ms: 10 },
    { model_id: 'a', after_ms: 50, duration_ms: 400 },
  ]
  const { earlier, model } = callOf(spendRow({ metadata: { attempts, requested_model: 'alias' } }))
  expect(earlier).toEqual([{ id: 'b', afterMs: 0, durationMs: 30, failure: { kind: 'status', status: 500 } }])
  expect(model).toBe('alias')
})

test.each([
  ['cached', spendRow({ columns: { cache_hit: 'True' } })],
  ['foreign', spendRow({ columns: { request_tags: ['silent_experiment'] } })],
  ['foreign', spendRow({ columns: { request_tags: ['health_check'] } })],
  [
    'foreign',
    spendRow({ columns: { call_type: 'pass_through_endpoint', model: 'unknown', model_group: '' } }),
  ],
  ['left', spendRow({ status: 499, metadata: { client_disconnected: true } })],
  [
    'refused',
    spendRow({
      status: 401,
      columns: { model_id: '', custom_llm_provider: '' },
      metadata: { error_information: { error_class: 'ProxyException' } },
    }),
  ],
  [
    'refused',
    spendRow({
      status: 400,
      columns: { model_id: '', custom_llm_provider: '' },
      metadata: { error_information: { error_class: 'BudgetExceededError', llm_provider: 'openai' } },
    }),
  ],
])('no router had a part in it: %s', (leftOut, row) => {
  expect(readCall(row)).toEqual({ leftOut })
})

test.each([
  [{}, 'startTime is no time: there is none'],
  [{ startTime: 'yesterday' }, 'startTime is no time: "yesterday"'],
  [{ ...spendRow(), endTime: null }, 'endTime is no time: null'],
  [{ ...spendRow(), model: '', model_group: null }, 'it names no model'],
  [
    { startTime: '2026-11-21T00:00', spend: 1, users: {}, models: {} },
    'it is the sum of a day and no call: ask for /spend/logs with summarize=false',
  ],
])('what cannot be read says why: %j', (row, problem) => {
  expect(readCall(row)).toEqual({ problem })
})
