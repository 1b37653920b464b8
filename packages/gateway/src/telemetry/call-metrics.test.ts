import { expect, test } from 'vitest'
import { callRecord } from '../spend/testing/call-record.ts'
import { CallMetrics } from './call-metrics.ts'

/** The samples of a metric, by their labels. */
function samplesOf(metrics: CallMetrics, name: string): ReadonlyMap<string, number> {
  const lines = metrics.expose().split('\n')
  return new Map(
    lines
      .filter(line => line.startsWith(`${name}{`))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

function count(metrics: CallMetrics, more: Parameters<typeof callRecord>[1]): void {
  metrics.onStart()
  metrics.onEnd(callRecord('r', more))
}

test('series beyond the bound share one whose labels say other', () => {
  const metrics = new CallMetrics()
  for (let n = 0; n < 2_010; n++) count(metrics, { caller: { keyHash: `hash-${n}` } })
  const samples = samplesOf(metrics, 'litellm_requests_metric_total')
  expect(samples.size).toBe(2_001)
  const [, shared] = [...samples].find(([labels]) => labels.includes('hashed_api_key="other"')) ?? []
  expect(shared).toBe(10)
})

test('the overhead of whole answers is measured, that of streams is not', () => {
  const metrics = new CallMetrics()
  count(metrics, { stream: true })
  count(metrics, { stream: false })
  const counts = samplesOf(metrics, 'litellm_overhead_latency_metric_count')
  expect([...counts.values()].reduce((sum, value) => sum + value, 0)).toBe(1)
})
