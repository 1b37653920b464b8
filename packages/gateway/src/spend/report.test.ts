import { expect, test } from 'vitest'
import type { SpendTotal } from '../db/database.ts'
import { spendRow } from '../db/testing/rows.ts'
import { customerReport, dailySpend, daySummary, keyReport, spendRowToLitellm, tagReport } from './report.ts'

function total(more: Partial<SpendTotal>): SpendTotal {
  return {
    day: '2026-01-01',
    id: 't1',
    apiKey: 'k1',
    model: 'm1',
    modelGroup: 'g',
    provider: 'p',
    spendNanoUsd: 100_000_000,
    unknownCostRequests: 0,
    promptTokens: 1,
    completionTokens: 2,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    requests: 1,
    failedRequests: 0,
    ...more,
  }
}

const TOTALS = [
  total({ day: '2026-01-02', id: '' }),
  total({}),
  total({ modelGroup: 'other group', spendNanoUsd: 200_000_000, unknownCostRequests: 1 }),
  total({ id: 't2', apiKey: 'k2', model: 'm2', spendNanoUsd: 700_000_000 }),
]

test('a customer report leaves out calls without a customer', () => {
  expect(customerReport(TOTALS)).toMatchObject([
    { group_by_day: '2026-01-01', customers: [{ customer: 't1', total_spend: 0.3 }, { customer: 't2' }] },
  ])
})

test('a key report puts the dearest first, with its models', () => {
  expect(keyReport(TOTALS)).toEqual([
    {
      api_key: 'k2',
      total_cost: 0.7,
      total_input_tokens: 1,
      total_output_tokens: 2,
      unknown_cost_requests: 0,
      model_details: [
        {
          model: 'm2',
          total_cost: 0.7,
          total_input_tokens: 1,
          total_output_tokens: 2,
          unknown_cost_requests: 0,
        },
      ],
    },
    expect.objectContaining({ api_key: 'k1', total_cost: 0.4, total_input_tokens: 3 }),
  ])
})

test('tags are counted and summed', () => {
  expect(tagReport(TOTALS.slice(1))).toEqual([
    { individual_request_tag: 't2', log_count: 1, total_spend: 0.7, unknown_cost_requests: 0 },
    { individual_request_tag: 't1', log_count: 2, total_spend: 0.3, unknown_cost_requests: 1 },
  ])
})

test('the summarized log has one object per day, and a key can never replace its fields', () => {
  const byKey = [total({}), total({ apiKey: 'k2' }), total({ apiKey: 'spend' })]
  const byModel = [total({ spendNanoUsd: 300_000_000 })]
  const byUser = [total({}), total({ id: '', spendNanoUsd: 200_000_000, unknownCostRequests: 1 })]
  expect(daySummary('2026-01-01', { byUser, byKey, byModel })).toEqual({
    startTime: '2026-01-01',
    unknown_cost_requests: 1,
    spend: 0.3,
    users: { t1: 0.1, '': 0.2 },
    models: { m1: 0.3 },
    k1: 0.1,
    k2: 0.1,
  })
  expect(dailySpend(TOTALS)).toEqual([
    { date: '2026-01-01', spend: 1, unknown_cost_requests: 1 },
    { date: '2026-01-02', spend: 0.1, unknown_cost_requests: 0 },
  ])
})

test("a row is shown with LiteLLM's names, and an unknown price is not free", () => {
  expect(spendRowToLitellm(spendRow('r', { userId: 'u', cacheHit: true }))).toMatchObject({
    request_id: 'r',
    call_type: 'acompletion',
    spend: 0.000_001_5,
    startTime: '2026-01-02T03:00:00.000Z',
    request_duration_ms: 900,
    completionStartTime: null,
    custom_llm_provider: 'openai',
    user: 'u',
    cache_hit: 'True',
    end_user: '',
  })
  expect(spendRowToLitellm(spendRow('r', { spendNanoUsd: null })).spend).toBeNull()
})
