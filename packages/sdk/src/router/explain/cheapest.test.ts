import { expect, test } from 'vitest'
import { openRecord } from '../../callbacks/records.ts'
import { createCatalogue, factsOfDeployment } from '../../models/catalogue.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { RouteVisit } from '../../types/route-receipt.ts'
import { emptyVisit } from '../testing/candidates.ts'
import { cheapestAlternative } from './cheapest.ts'

const catalogue = createCatalogue()
const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 }
const at = (id: string, dollars: number, over: Partial<Deployment> = {}): Deployment => ({
  ...{ id, group: 'g', provider: 'openai', model: id, apiKey: `k-${id}` },
  modelInfo: { input_cost_per_token: dollars, output_cost_per_token: dollars },
  ...over,
})
const dear = at('dear', 0.003)
const plain = at('plain', 0.002)

function cheapest(others: readonly Deployment[], visit: Partial<RouteVisit> = {}) {
  const facts = {
    id: 'i',
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: 0,
    requestedModel: 'g',
  } as const
  const routing = { visits: [{ ...emptyVisit(), ...visit }] }
  const record: CallRecord = { ...openRecord(facts), usage, deployment: dear, routing }
  return cheapestAlternative(record, [dear, ...others], deployment =>
    factsOfDeployment(catalogue, deployment),
  )?.deploymentId
}

test('is the one with the least cost of those that could have been asked, also in a fallback group', () => {
  expect(cheapest([plain, at('spare', 0.001, { group: 'spare' })])).toBe('spare')
  const ruledOut = [{ deploymentId: 'plain', by: 'needs', reason: 'it cannot' }]
  expect(cheapest([plain], { ruledOut, ruledOutCount: 1 })).toBeUndefined()
  const resting = [{ deploymentId: 'plain', by: 'circuit', reason: 'it rests' }]
  expect(cheapest([plain], { ruledOut: resting, ruledOutCount: 1 })).toBe('plain')
})

test('never names one that the caller may not know of because nobody looked whether it may', () => {
  const reserved = { start: '00:00', end: '23:59', timezone: 'UTC', teamIds: ['others'] }
  for (const over of [{ tags: ['secret'] }, { tagPatterns: [/secret/] }, { accessWindows: [reserved] }]) {
    const secret = at('secret', 0.001, over)
    expect(cheapest([plain, { ...secret, group: 'spare' }])).toBe('plain')
    expect(cheapest([plain, secret])).toBe('secret')
    expect(cheapest([plain, secret], { ruledOutCount: 21 })).toBe('plain')
  }
})
