import type { Deployment } from '../../types/deployment.ts'
import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { Pools } from '../pools.ts'
import type { PickContext } from '../strategies/strategy.ts'

/** Candidates of one group, each with the fields given and an id of its own. */
export function candidatesOf(...overs: readonly Partial<Deployment>[]): readonly Candidate[] {
  const deployments = overs.map((over, index): Deployment => {
    return {
      id: String.fromCharCode(97 + index),
      group: 'g',
      provider: 'p',
      model: 'm',
      apiKey: `key-${index}`,
      ...over,
    }
  })
  return new Pools({ retryBudget: 0.1 }, undefined).of('g', deployments).candidates
}

/** Numbers between 0 and 1, always the same row of them. */
export function seededRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function emptyVisit(): RouteVisit {
  return { group: 'g', strategy: 's', candidates: 0, ruledOut: [], ruledOutCount: 0, attempts: [] }
}

export const idOf = ({ deployment }: Candidate): string => deployment.id

/** What a strategy is told of a chat that asks for nothing special. */
export function contextAt(now: number, over: Partial<PickContext> = {}): PickContext {
  const plain = {
    stream: false,
    group: 'g',
    endpoint: 'chat',
    request: { model: 'g' },
    tags: [],
    metadata: {},
  } as const
  return { now, ...plain, tried: new Set(), inputTokens: () => 100, ...over }
}
