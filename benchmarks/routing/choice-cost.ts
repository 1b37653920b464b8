import { type Deployment, type StrategyName, strategies } from 'sluice/internal'
import { choose } from '../../packages/sdk/src/router/choose.ts'
import { Pools } from '../../packages/sdk/src/router/pools.ts'
import { seeded } from './simulation.ts'

export interface ChoiceCost {
  readonly strategy: StrategyName
  /** Microseconds of one choice, the median of several windows. */
  readonly ten: number
  readonly thousand: number
}

const WINDOWS = 15
const CHOICES = 400
const NOW = 1_000_000_000_000
const PLAIN = { endpoint: 'chat', request: {}, tags: [], metadata: {} } as const

/** What one choice costs: circuits, limits, order and strategy, over candidates that all have been measured. */
export function choiceCosts(): ChoiceCost[] {
  return (Object.keys(strategies) as StrategyName[]).map(strategy => ({
    strategy,
    ten: microseconds(strategy, 10),
    thousand: microseconds(strategy, 1000),
  }))
}

function microseconds(name: StrategyName, count: number): number {
  const choice = chooser(name, count)
  const windows: number[] = []
  for (let window = 0; window < WINDOWS; window++) {
    const startedAt = performance.now()
    for (let index = 0; index < CHOICES; index++) choice()
    windows.push(((performance.now() - startedAt) * 1000) / CHOICES)
  }
  return windows.sort((a, b) => a - b)[Math.floor(WINDOWS / 2)] as number
}

function chooser(name: StrategyName, count: number): () => void {
  const random = seeded(3)
  const deployments = Array.from({ length: count }, (_, index): Deployment => {
    return {
      id: `d${index}`,
      group: 'g',
      provider: 'p',
      model: 'm',
      apiKey: `k${index}`,
      rpm: 1e6 + (index % 7),
    }
  })
  const pool = new Pools({ retryBudget: 0.1 }, undefined).of('g', deployments)
  const able = pool.candidates
  const strategy = strategies[name]({}, { random, tokenPrice: () => 1e-6 + random() * 1e-6 })
  for (const candidate of able)
    strategy.observe?.(candidate, { now: NOW, durationMs: 100 + 100 * random(), stream: false })
  const visit = {
    group: 'g',
    strategy: name,
    candidates: count,
    ruledOut: [],
    ruledOutCount: 0,
    attempts: [],
  }
  const tried: ReadonlySet<never> = new Set()
  const enforceRates = strategy.enforcesRates ?? false
  return () => {
    const choice = choose({
      ...{
        group: 'g',
        pool,
        able,
        tried,
        random,
        strategy,
        stream: false,
        now: NOW,
        visit,
        preCallChecks: false,
        ...PLAIN,
      },
      ready: { enforceRates, defaultMaxParallelRequests: undefined },
      maySpare: true,
      isOnlyWay: () => false,
      inputTokens: () => 100,
    })
    if (choice.kind !== 'chosen') throw new Error(choice.kind)
  }
}
