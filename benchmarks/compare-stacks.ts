import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { type Load, startLoad } from './load/load.ts'
import { describeMachine } from './machine.ts'
import { measureLatency } from './measure/latency.ts'
import { median } from './measure/median.ts'
import { measureMemory } from './measure/memory.ts'
import { probe } from './measure/probe.ts'
import { watchRss } from './measure/rss.ts'
import { measureThroughput } from './measure/throughput.ts'
import type { Plan } from './plan.ts'
import type { Results, ScenarioResult, StackResult } from './results.ts'
import type { Scenario } from './scenarios.ts'
import { copyGatewayBundle } from './stacks/gateway-bundle.ts'
import { startLiteLLM } from './stacks/litellm.ts'
import { startNginx } from './stacks/nginx.ts'
import { startPortkey } from './stacks/portkey.ts'
import { startSluice } from './stacks/sluice.ts'
import type { Stack, StackOptions, StartStack } from './stacks/stack.ts'
import { startUpstream } from './stacks/upstream.ts'

const root = join(import.meta.dirname, '..')

interface Contender {
  readonly stack: Stack
  readonly readyMs: number
  readonly idle: number
  readonly heldStreams: number | undefined
  readonly rss: { stop(): number }
  readonly scenarios: Record<string, ScenarioResult>
}

/** Starts everything, measures everything, ends everything. A peer that cannot run is a note; nginx and Sluice must. */
export async function compareStacks(plan: Plan, directory: string): Promise<Results> {
  const began = performance.now()
  const machine = describeMachine()
  const notes: string[] = []
  const upstream = await startUpstream()
  const load = startLoad()
  const bundle = await copyGatewayBundle(cacheDirectory())
  const options = (): StackOptions => ({
    upstreamPort: upstream.port,
    directory: mkdtempSync(join(directory, 'stack-')),
    cacheDirectory: cacheDirectory(),
    bundle,
  })
  const contenders: Contender[] = [
    await enter(startNginx, options, load, plan, notes),
    await enter(startSluice, options, load, plan, notes),
  ]
  for (const start of plan.peers ? [startPortkey, startLiteLLM] : [startPortkey]) {
    try {
      contenders.push(await enter(start, options, load, plan, notes))
    } catch (error) {
      notes.push(`A peer could not be measured: ${(error as Error).message}`)
    }
  }
  for (const scenario of plan.scenarios) await measure(scenario, contenders, upstream, load, plan)
  const stacks: StackResult[] = []
  for (const contender of contenders) stacks.push(await leave(contender))
  await upstream.close()
  load.close()
  return {
    date: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    machine,
    seconds: (performance.now() - began) / 1_000,
    heldStreams: plan.heldStreams,
    scenarios: plan.scenarios,
    stacks,
    notes,
  }
}

/** Starts a stack several times for its cold start, keeps the last one, and measures its memory. */
async function enter(
  start: StartStack,
  options: () => StackOptions,
  load: Load,
  plan: Plan,
  notes: string[],
): Promise<Contender> {
  let stack = await start(options())
  const times = [stack.readyMs]
  // A start that takes seconds is known well enough from one.
  while (times.length < plan.starts && stack.readyMs < 5_000) {
    await stack.close()
    stack = await start(options())
    times.push(stack.readyMs)
  }
  const rss = watchRss(stack.pid)
  const { idle, heldStreams, problem } = await measureMemory(stack, load, plan.heldStreams)
  if (problem !== undefined) notes.push(`${stack.name}: ${problem}`)
  say(`${stack.name} ${stack.version}: ready in ${median(times).toFixed(0)} ms, ${idle.toFixed(0)} MB idle`)
  return { stack, readyMs: median(times), idle, heldStreams, rss, scenarios: {} }
}

async function measure(
  scenario: Scenario,
  contenders: readonly Contender[],
  upstream: Stack,
  load: Load,
  plan: Plan,
): Promise<void> {
  const able: Contender[] = []
  for (const contender of contenders) {
    const failure = await probe(scenario, contender.stack, load)
    if (failure === undefined) able.push(contender)
    else contender.scenarios[scenario.name] = { failure }
  }
  const stacks = able.map(({ stack }) => stack)
  const throughput = await measureThroughput(scenario, stacks, upstream, load, plan)
  const latency = await measureLatency(scenario, stacks, upstream, load, plan)
  for (const { stack, scenarios } of able) {
    const measured = throughput.get(stack.name)
    const timed = latency.get(stack.name)
    if (measured && timed) scenarios[scenario.name] = { throughput: measured, latency: timed }
  }
  const shown = [...throughput].map(([name, { cpuMicros }]) => `${name} ${cpuMicros.toFixed(0)} µs`)
  say(`${scenario.name}: ${shown.join(', ')}`)
}

async function leave({ stack, readyMs, idle, heldStreams, rss, scenarios }: Contender): Promise<StackResult> {
  const loaded = rss.stop()
  const verified = await stack.verify?.()
  await stack.close()
  const { name, version, does } = stack
  const memory = { idle, heldStreams, loaded }
  return { name, version, does, readyMs, memory, scenarios, ...(verified !== undefined && { verified }) }
}

function cacheDirectory(): string {
  const path = join(root, '.cache/bench')
  mkdirSync(path, { recursive: true })
  return path
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
