import { expect, test } from 'vitest'
import { createCatalogue } from '../models/catalogue.ts'
import type { CallRecord } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Meter } from '../types/meter.ts'
import { openRecord, stampRecord } from './records.ts'

const catalogue = createCatalogue()

function deploymentAt(id: string, dollars: number): Deployment {
  const modelInfo = { input_cost_per_token: dollars, output_cost_per_token: dollars * 10 }
  return { id, group: 'g', provider: 'openai', model: `unlisted-${id}`, modelInfo }
}

function meterOf(prompt: number, completion: number, cached = 0): Meter {
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
  return { usage, textLength: 0, id: 'r' }
}

function recordOf(...attempts: readonly (readonly [Deployment, Meter | undefined])[]): CallRecord {
  const record = openRecord({
    ...{ id: 'c', endpoint: 'chat', format: 'openai-chat', startedAt: 0, requestedModel: 'g' },
  })
  for (const [deployment, meter] of attempts)
    record.attempts.push({ deploymentId: deployment.id, deployment, startedAt: 0, durationMs: 1, meter })
  record.deployment = attempts.at(-1)?.[0]
  return record
}

const cheap = deploymentAt('cheap', 0.001)
const dear = deploymentAt('dear', 0.002)

test('every attempt that brought something is charged, at its own price', () => {
  const answer = meterOf(10, 2)
  const record = recordOf([cheap, undefined], [dear, { textLength: 8 }], [cheap, answer])
  stampRecord(record, answer, catalogue, { promptTokens: 7 })
  expect(record.attempts.map(({ cost }) => cost?.state)).toEqual([undefined, 'known', 'known'])
  // 7 × 0.002 + 2 × 0.02, and 10 × 0.001 + 2 × 0.01.
  expect(record.cost).toEqual({
    ...{ state: 'known', nanoUsd: 84_000_000, inputNanoUsd: 24_000_000, outputNanoUsd: 60_000_000 },
  })
  expect(record.usage).toMatchObject({ prompt_tokens: 17, completion_tokens: 4, total_tokens: 21 })
  expect(record).toMatchObject({ usageEstimated: true, responseId: 'r' })
})

test('details of usage are added up', () => {
  const answer = meterOf(10, 2, 4)
  const record = recordOf([cheap, meterOf(5, 1, 3)], [cheap, answer])
  stampRecord(record, answer, catalogue, { promptTokens: 0 })
  expect(record.usage?.prompt_tokens_details).toEqual({ cached_tokens: 7 })
  expect(record.usageEstimated).toBe(false)
})

test('a call that failed after something was received is charged for it', () => {
  const record = recordOf([cheap, { textLength: 40 }])
  stampRecord(record, undefined, catalogue, { promptTokens: 5 })
  expect(record.cost).toMatchObject({ state: 'known', nanoUsd: 105_000_000 })
})

test('a call that brought nothing costs nothing', () => {
  const record = recordOf([cheap, undefined])
  stampRecord(record, undefined, catalogue, { promptTokens: 5 })
  expect(record.cost).toEqual({ state: 'none' })
  expect(record.usage).toBeUndefined()
})

test('what is unknown of one attempt is unknown of the call', () => {
  const answer = meterOf(10, 2)
  const unpriced: Deployment = { id: 'x', group: 'g', provider: 'openai', model: 'nobody-knows' }
  const record = recordOf([unpriced, { textLength: 8 }], [cheap, answer])
  stampRecord(record, answer, catalogue, { promptTokens: 7 })
  expect(record.cost.state).toBe('unknown')
})

test('what is known of the cost is kept where the price of another attempt is unknown', () => {
  const unlisted: Deployment = { id: 'u', group: 'g', provider: 'openai', model: 'unlisted-u' }
  for (const attempts of [
    [cheap, unlisted, dear],
    [unlisted, cheap, dear],
    [cheap, dear, unlisted],
  ]) {
    const record = recordOf(...attempts.map(each => [each, meterOf(10, 2)] as const))
    stampRecord(record, meterOf(10, 2), catalogue, { promptTokens: 0 })
    expect(record.cost).toMatchObject({ state: 'unknown', knownNanoUsd: 90_000_000 })
  }
})
