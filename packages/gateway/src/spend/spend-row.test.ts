import { BadGatewayError, type CallRecord } from 'sluice/internal'
import { expect, test } from 'vitest'
import { readSpendRow } from './read-spend-row.ts'
import { spendRowOf } from './spend-row.ts'
import { callRecord } from './testing/call-record.ts'

test('a successful call becomes a row with every fact in its place', () => {
  expect(spendRowOf(callRecord('c1'))).toMatchObject({
    requestId: 'c1',
    callType: 'acompletion',
    apiKey: 'hash-1',
    keyAlias: 'billing',
    userId: 'u',
    teamId: 't',
    organizationId: null,
    endUser: 'customer-1',
    model: 'model-a',
    modelGroup: 'smart',
    modelId: 'd1',
    provider: 'acme',
    spendNanoUsd: 2_500,
    totalTokens: 15,
    promptTokens: 10,
    completionTokens: 5,
    cacheReadTokens: 4,
    cacheWriteTokens: 2,
    startTime: 1_000,
    endTime: 1_500,
    completionStartTime: 1_100,
    status: 'success',
    requestTags: ['a', 'b'],
    sessionId: 's',
    metadata: {
      user_api_key: 'hash-1',
      user_api_key_alias: 'billing',
      user_api_key_team_id: 't',
      user_api_key_user_id: 'u',
      status: 'success',
      usage_object: { prompt_tokens: 10 },
      cost_breakdown: { input_cost: 0.000_001, output_cost: 0.000_001_5, total_cost: 0.000_002_5 },
      attempted_retries: 1,
      attempted_fallbacks: 1,
      requester_ip_address: '10.0.0.1',
      warnings: [{ action: 'dropped', param: 'x', reason: 'y' }],
    },
  })
})

test('an unknown price is null and says why, no price at all is 0', () => {
  const unknown = spendRowOf(callRecord('c', { cost: { state: 'unknown', reason: 'not in the price list' } }))
  expect(unknown.spendNanoUsd).toBeNull()
  expect(unknown.metadata['cost_breakdown']).toEqual({ unknown_reason: 'not in the price list' })
  expect(spendRowOf(callRecord('c', { cost: { state: 'none' } })).spendNanoUsd).toBe(0)
  const partly = spendRowOf(
    callRecord('c', { cost: { state: 'unknown', reason: 'not in the price list', knownNanoUsd: 7 } }),
  )
  expect(partly.spendNanoUsd).toBe(7)
  expect(partly.metadata['cost_breakdown']).toEqual({ unknown_reason: 'not in the price list' })
})

test("a failure carries our own error's facts, and nothing of a foreign error's message", () => {
  const error = new BadGatewayError({ kind: 'bad_gateway', message: 'no JSON came', provider: 'acme' })
  const row = spendRowOf(callRecord('c', { status: 'failure', error }))
  expect(row.metadata['error_information']).toEqual({
    error_code: '502',
    error_class: 'BadGatewayError',
    error_message: 'no JSON came',
    llm_provider: 'acme',
  })
  const foreign = spendRowOf(callRecord('c', { status: 'failure', error: new TypeError('sk-secret') }))
  expect(JSON.stringify(foreign)).not.toContain('sk-secret')
})

test('the call type follows the format the client spoke', () => {
  const typeOf = (more: Partial<CallRecord>) => spendRowOf(callRecord('c', more)).callType
  expect(typeOf({ endpoint: 'embedding' })).toBe('aembedding')
  expect(typeOf({ format: 'acme-messages' })).toBe('acme_messages')
  expect(typeOf({ format: 'acme-responses' })).toBe('aresponses')
  expect(typeOf({ format: 'acme', route: '/v1beta/models/m:streamGenerateContent' })).toBe(
    'agenerate_content',
  )
})

test('what a client or provider sends too big or of the wrong type is bounded, not fatal', () => {
  const row = spendRowOf(
    callRecord('c', {
      endUser: '€'.repeat(1_000),
      metadata: { big: 'x'.repeat(20_000) },
      tags: Array.from({ length: 500 }, (_, n) => `tag${n}`),
      usage: { prompt_tokens: 1.5, completion_tokens: Number.NaN, total_tokens: -3 },
    }),
  )
  expect(row.endUser).toBe('€'.repeat(170))
  expect(row.requestTags).toHaveLength(64)
  expect(row).toMatchObject({ promptTokens: 2, completionTokens: 0, totalTokens: 0 })
  expect(row.metadata['requester_metadata']).toBeUndefined()
  expect(row.metadata['requester_metadata_omitted']).toMatch(/characters/)
})

test('a row comes back from JSON as it was, and what is no row does not', () => {
  const row = spendRowOf(callRecord('c1'))
  expect(readSpendRow(JSON.stringify(row))).toEqual(JSON.parse(JSON.stringify(row)))
  for (const text of ['', '[]', '{}', '{"requestId":""}', 'nonsense'])
    expect(readSpendRow(text)).toBeUndefined()
  expect(readSpendRow('{"requestId":"a","startTime":1}')).toMatchObject({
    requestTags: [],
    spendNanoUsd: null,
  })
})

test('what attempts charged to budgets is on the row, and nothing where they charged nothing', () => {
  const spend = { kind: 'provider' as const, id: 'acme', resetAt: 9, replica: 'r', nanoUsd: 5 }
  const attempt = { deploymentId: 'd1', startedAt: 1, durationMs: 1 }
  const attempts = [
    { ...attempt, budgetSpends: [spend, { ...spend, kind: 'deployment' as const, nanoUsd: 0 }] },
    { ...attempt, budgetSpends: [{ ...spend, id: 'other' }] },
    attempt,
  ]
  expect(spendRowOf({ ...callRecord('c1'), attempts }).budgetSpends).toEqual([
    spend,
    { ...spend, id: 'other' },
  ])
  expect(spendRowOf(callRecord('c1'))).not.toHaveProperty('budgetSpends')
})
