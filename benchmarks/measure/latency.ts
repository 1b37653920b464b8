import type { Load } from '../load/load.ts'
import type { LoadResult } from '../load/protocol.ts'
import type { Plan } from '../plan.ts'
import { requestBytes } from '../request-bytes.ts'
import type { Latency } from '../results.ts'
import type { Scenario } from '../scenarios.ts'
import type { Stack } from '../stacks/stack.ts'
import { median } from './median.ts'

/** Sends at the scenario's fixed rate, straight to the upstream and through each stack in turn, in several rounds. */
export async function measureLatency(
  scenario: Scenario,
  stacks: readonly Stack[],
  direct: Stack,
  load: Load,
  plan: Plan,
): Promise<Map<string, Latency>> {
  const directs: LoadResult[] = []
  const resultsOf = new Map(stacks.map(stack => [stack.name, [] as LoadResult[]]))
  for (let round = 0; round < plan.latencyRounds(scenario); round++) {
    directs.push(await fixedRate(scenario, direct, load, plan.latencyMs))
    for (const stack of stacks) {
      resultsOf.get(stack.name)?.push(await fixedRate(scenario, stack, load, plan.latencyMs))
    }
  }
  return new Map(stacks.map(({ name }) => [name, summarize(resultsOf.get(name) ?? [], directs)]))
}

async function fixedRate(scenario: Scenario, stack: Stack, load: Load, milliseconds: number) {
  const target = stack.target(scenario.route, scenario.reply)
  if (!target) throw new Error(`${stack.name} has no way for ${scenario.name}`)
  const request = requestBytes(scenario, target)
  return load.run({ kind: 'open', port: target.port, request, perSecond: scenario.perSecond, milliseconds })
}

function summarize(rounds: readonly LoadResult[], directs: readonly LoadResult[]): Latency {
  const middle = (of: (result: LoadResult) => number) => median(rounds.map(of))
  const added = (of: (result: LoadResult) => number) =>
    median(rounds.map((round, at) => of(round) - of(directs[at] ?? round)))
  return {
    p50: middle(({ latency }) => latency.p50),
    p99: middle(({ latency }) => latency.p99),
    firstByteP50: middle(({ firstByte }) => firstByte.p50),
    firstByteP99: middle(({ firstByte }) => firstByte.p99),
    added: {
      p50: added(({ latency }) => latency.p50),
      p99: added(({ latency }) => latency.p99),
      firstByteP50: added(({ firstByte }) => firstByte.p50),
    },
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
  }
}
