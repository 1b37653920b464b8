import { expect, test } from 'vitest'
import type { SpendSums } from '../db/spend/reading/read-sums.ts'
import { dayReport } from './day-report.ts'

function sums(day: string, id: string, more: Partial<SpendSums> = {}): SpendSums {
  return {
    ...{ day, id, apiKey: 'k1', model: 'm1', modelGroup: '', provider: '', endpoint: '' },
    ...{ spendNanoUsd: 100_000_000, unknownCostRequests: 0, promptTokens: 1, completionTokens: 2 },
    ...{ cacheReadTokens: 0, cacheWriteTokens: 0, requests: 1, failedRequests: 0, cacheHits: 0 },
    ...more,
  }
}

const SUMS = [
  sums('2026-01-01', 't"1'),
  sums('2026-01-01', 't"1', { model: 'm2', spendNanoUsd: 200_000_000, unknownCostRequests: 1 }),
  sums('2026-01-01', 't2', { apiKey: 'k2', spendNanoUsd: 700_000_000 }),
  sums('2026-01-02', 't2'),
]
const shape = { list: 'teams', nameOf: (id: string) => ({ team_name: `alias of ${id}`, team_id: id }) }

async function read(pieces: readonly (readonly SpendSums[])[]): Promise<unknown> {
  async function* each() {
    yield* pieces
  }
  let text = ''
  for await (const piece of dayReport(each(), shape)) text += piece
  return JSON.parse(text)
}

const detail = { model: 'm1', api_key: 'k1', spend: 0.1, total_tokens: 3, unknown_cost_requests: 0 }
const EXPECTED = [
  {
    group_by_day: '2026-01-01',
    teams: [
      {
        ...{ team_name: 'alias of t"1', team_id: 't"1', total_spend: 0.3 },
        metadata: [detail, { ...detail, model: 'm2', spend: 0.2, unknown_cost_requests: 1 }],
      },
      {
        ...{ team_name: 'alias of t2', team_id: 't2', total_spend: 0.7 },
        metadata: [{ ...detail, api_key: 'k2', spend: 0.7 }],
      },
    ],
  },
  {
    group_by_day: '2026-01-02',
    teams: [{ team_name: 'alias of t2', team_id: 't2', total_spend: 0.1, metadata: [detail] }],
  },
]

test('a report by day and team adds up without floating-point dust', async () => {
  expect(await read([SUMS])).toEqual(EXPECTED)
})

test('a report is the same however its sums are cut into slices', async () => {
  expect(await read(SUMS.map(each => [each]))).toEqual(EXPECTED)
  expect(await read([SUMS.slice(0, 1), [], SUMS.slice(1, 3), SUMS.slice(3)])).toEqual(EXPECTED)
})

test('a report of nothing is an empty list', async () => {
  expect(await read([])).toEqual([])
  expect(await read([[]])).toEqual([])
})
