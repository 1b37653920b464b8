import type { Load } from '../load/load.ts'
import type { LoadResult } from '../load/protocol.ts'
import type { Plan } from '../plan.ts'
import { requestBytes } from '../request-bytes.ts'
import type { Throughput } from '../results.ts'
import type { Scenario } from '../scenarios.ts'
import type { Stack } from '../stacks/stack.ts'
import { cpuSeconds, totalCpuSeconds } from './cpu.ts'
import { median } from './median.ts'
import { rssMegabytes } from './rss.ts'

interface Window {
  readonly result: LoadResult
  readonly wallSeconds: number
  readonly stackCpu: number
  readonly upstreamCpu: number
}

const settleMs = 300

/** Runs a scenario through the stacks in turn, window by window (A B C A B C …), so that drift hits all alike. */
export async function measureThroughput(
  scenario: Scenario,
  stacks: readonly Stack[],
  upstream: Stack,
  load: Load,
  plan: Plan,
): Promise<Map<string, Throughput>> {
  const windowsOf = new Map(stacks.map(stack => [stack.name, [] as Window[]]))
  for (const stack of stacks) await measureWindow(scenario, stack, upstream, load, plan.warmUpMs)
  const before = new Map(stacks.map(stack => [stack.name, totalCpuSeconds(stack.pid)]))
  for (let round = 0; round < plan.windows(scenario); round++) {
    for (const stack of stacks) {
      windowsOf.get(stack.name)?.push(await measureWindow(scenario, stack, upstream, load, plan.windowMs))
    }
  }
  await new Promise(resolve => setTimeout(resolve, settleMs))
  return new Map(
    stacks.map(stack => [
      stack.name,
      summarize(
        windowsOf.get(stack.name) ?? [],
        totalCpuSeconds(stack.pid) - (before.get(stack.name) ?? Number.NaN),
        rssMegabytes(stack.pid),
      ),
    ]),
  )
}

async function measureWindow(
  scenario: Scenario,
  stack: Stack,
  upstream: Stack,
  load: Load,
  milliseconds: number,
): Promise<Window> {
  const target = stack.target(scenario.route, scenario.reply)
  if (!target) throw new Error(`${stack.name} has no way for ${scenario.name}`)
  const stackBefore = cpuSeconds(stack.pid)
  const upstreamBefore = cpuSeconds(upstream.pid)
  const began = performance.now()
  const result = await load.run({
    kind: 'closed',
    port: target.port,
    request: requestBytes(scenario, target),
    connections: scenario.reply === 'whole' ? 32 : 16,
    milliseconds,
  })
  return {
    result,
    wallSeconds: (performance.now() - began) / 1_000,
    stackCpu: cpuSeconds(stack.pid) - stackBefore,
    upstreamCpu: cpuSeconds(upstream.pid) - upstreamBefore,
  }
}

function summarize(windows: readonly Window[], totalCpu: number, rssAfter: number): Throughput {
  const sum = (of: (result: LoadResult) => number) =>
    windows.reduce((total, window) => total + of(window.result), 0)
  const middle = (of: (window: Window) => number) => median(windows.map(of))
  const requests = sum(result => result.requests)
  return {
    cpuMicros: middle(({ stackCpu, result }) => (stackCpu / result.requests) * 1e6),
    allInMicros: (totalCpu / requests) * 1e6,
    requestsPerSecond: middle(({ result }) => result.requests / result.seconds),
    cores: {
      stack: middle(({ stackCpu, wallSeconds }) => stackCpu / wallSeconds),
      upstream: middle(({ upstreamCpu, wallSeconds }) => upstreamCpu / wallSeconds),
      generator: middle(({ result, wallSeconds }) => result.cpuSeconds / wallSeconds),
    },
    requests,
    rssAfter,
    errors: sum(result => result.errors),
  }
}
