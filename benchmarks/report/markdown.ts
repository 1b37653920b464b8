import type { Bar } from '../bars.ts'
import type { Results, ScenarioResult, StackResult } from '../results.ts'
import { table } from './table.ts'

/** The report of a run: what was measured on what, table by table, and at its end the bars. */
export function markdown(results: Results, bars: readonly Bar[]): string {
  const { machine, date, commit, seconds, notes } = results
  return `${[
    `# Benchmark of ${date.slice(0, 10)}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.kernel}, Node ${machine.node}; ` +
      `load before the run ${machine.loadBefore.toFixed(1)}; commit ${commit}; ${seconds.toFixed(0)} s.`,
    contestants(results),
    '## Processor time per request\n\nµs of the stack, user + system, median of the windows; in brackets with the work it put off to after them.',
    processor(results),
    '## Requests per second, every connection busy\n\n`*`: the stack used less than 0.85 of a core, so the upstream, the load generator or the shared cores were the limit, not the stack.',
    saturation(results),
    '## Added latency at a fixed rate\n\nms above the direct way, p50 / p99 until the last byte; for streams also p50 until the first.',
    latency(results),
    '## Start and memory',
    startAndMemory(results),
    ...(notes.length > 0 ? [`## Notes\n\n${notes.map(note => `- ${note}`).join('\n')}`] : []),
    '## Memory after each scenario, MB',
    perScenario(results, ({ throughput }) => throughput?.rssAfter.toFixed(0) ?? '–'),
    '## Bars',
    table(
      ['bar', 'measured', 'met'],
      bars.map(({ bar, measured, met }) => [bar, measured, met === undefined ? '–' : met ? 'yes' : '**no**']),
    ),
  ].join('\n\n')}\n`
}

function contestants({ stacks }: Results): string {
  return table(
    ['stack', 'version', 'what it does'],
    stacks.map(({ name, version, does, verified }) => [
      name,
      version,
      verified ? `${does}; ${verified}` : does,
    ]),
  )
}

function processor(results: Results): string {
  const nginx = results.stacks.find(({ name }) => name === 'nginx')
  return perScenario(results, (result, _, scenario) => {
    if (!result.throughput) return result.failure ?? ''
    const { cpuMicros, allInMicros, errors } = result.throughput
    const floor = nginx?.scenarios[scenario]?.throughput?.cpuMicros
    const times = floor === undefined || floor === cpuMicros ? '' : `, ${(cpuMicros / floor).toFixed(1)}×`
    const failed = errors > 0 ? `, ${errors} errors` : ''
    return `${cpuMicros.toFixed(0)} [${allInMicros.toFixed(0)}]${times}${failed}`
  })
}

function saturation(results: Results): string {
  return perScenario(results, ({ throughput, failure }) => {
    if (!throughput) return failure ?? ''
    const { requestsPerSecond, cores } = throughput
    const isLimit = cores.stack >= 0.85
    const others = `upstream ${cores.upstream.toFixed(2)}, generator ${cores.generator.toFixed(2)}`
    return `${requestsPerSecond.toFixed(0)}${isLimit ? '' : `* (${cores.stack.toFixed(2)} cores; ${others})`}`
  })
}

function latency(results: Results): string {
  const rates = new Map(results.scenarios.map(({ name, perSecond }) => [name, perSecond]))
  return perScenario(results, ({ latency, throughput, failure }, _, scenario) => {
    if (!latency || !throughput) return failure ?? ''
    const rate = rates.get(scenario) ?? 0
    if (throughput.requestsPerSecond < rate) return `overloaded by ${rate} a second`
    const { added, errors } = latency
    const first = /-(stream|burst)$/.test(scenario) ? `; first ${added.firstByteP50.toFixed(2)}` : ''
    return `${added.p50.toFixed(2)} / ${added.p99.toFixed(2)}${first}${errors > 0 ? `, ${errors} errors` : ''}`
  })
}

function startAndMemory({ stacks, heldStreams }: Results): string {
  return table(
    ['stack', 'ready, ms', 'idle, MB', 'loaded, MB', `${heldStreams} open streams, MB more`],
    stacks.map(({ name, readyMs, memory }) => [
      name,
      readyMs.toFixed(0),
      memory.idle.toFixed(0),
      memory.loaded.toFixed(0),
      memory.heldStreams?.toFixed(0) ?? 'failed',
    ]),
  )
}

function perScenario(
  { scenarios, stacks }: Results,
  cell: (result: ScenarioResult, stack: StackResult, scenario: string) => string,
): string {
  return table(
    ['scenario', ...stacks.map(({ name }) => name)],
    scenarios.map(({ name, title }) => [
      `${title} (\`${name}\`)`,
      ...stacks.map(stack => cell(stack.scenarios[name] ?? {}, stack, name)),
    ]),
  )
}
