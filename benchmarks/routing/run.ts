/** Prints how each strategy takes a sick deployment, and what choosing costs: see the README. */
import { type StrategyName, strategies } from 'sluice/internal'
import { choiceCosts } from './choice-cost.ts'
import type { Trouble } from './fake-provider.ts'
import { simulate } from './simulation.ts'

const TROUBLES: readonly Trouble[] = ['none', 'slow', 'half fails', 'hangs', 'refuses']

console.log('| trouble | strategy | success | p50 ms | p99 ms | p99 later | wasted | attempts/request |')
console.log('|---|---|---:|---:|---:|---:|---:|---:|')
for (const trouble of TROUBLES) {
  for (const strategy of Object.keys(strategies) as StrategyName[]) {
    const result = await simulate({ strategy, trouble })
    const share = `${(result.successRate * 100).toFixed(2)} %`
    const numbers = [result.p50, result.p99, result.p99Later, result.wasted, result.amplification.toFixed(3)]
    console.log(`| ${trouble} | ${strategy} | ${share} | ${numbers.join(' | ')} |`)
  }
}
console.log('\n| strategy | µs with 10 | µs with 1000 |')
console.log('|---|---:|---:|')
for (const { strategy, ten, thousand } of choiceCosts())
  console.log(`| ${strategy} | ${ten.toFixed(2)} | ${thousand.toFixed(2)} |`)
