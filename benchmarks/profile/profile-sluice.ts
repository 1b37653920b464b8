import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLoad } from '../load/load.ts'
import { cpuSecondsByThread } from '../measure/cpu.ts'
import type { Plan } from '../plan.ts'
import { requestBytes } from '../request-bytes.ts'
import { gatewayBundle } from '../stacks/gateway-bundle.ts'
import { startSluice } from '../stacks/sluice.ts'
import { startUpstream } from '../stacks/upstream.ts'
import { type CpuProfile, selfTimes } from './self-times.ts'

const warmUpMs = 3_000
const measuredMs = 8_000
const shown = 40

/** Runs Sluice under `node --cpu-prof`, scenario by scenario, and prints where its time goes once it is warm. */
export async function profileSluice(plan: Plan, directory: string): Promise<void> {
  const upstream = await startUpstream()
  const load = startLoad()
  for (const scenario of plan.scenarios) {
    const own = mkdtempSync(join(directory, 'profile-'))
    const began = performance.now()
    const sluice = await startSluice({
      upstreamPort: upstream.port,
      directory: own,
      cacheDirectory: own,
      bundle: gatewayBundle,
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${own}`, '--enable-source-maps'],
    })
    const target = sluice.target(scenario.route, scenario.reply)
    if (!target) throw new Error(`sluice has no way for ${scenario.name}`)
    const command = { kind: 'closed', port: target.port, request: requestBytes(scenario, target) } as const
    const connections = scenario.reply === 'whole' ? 32 : 16
    await load.run({ ...command, connections, milliseconds: warmUpMs })
    const skipMs = performance.now() - began
    const before = cpuSecondsByThread(sluice.pid)
    const result = await load.run({ ...command, connections, milliseconds: measuredMs })
    const threads = [...cpuSecondsByThread(sluice.pid)].map(
      ([name, seconds]) => [name, (seconds - (before.get(name) ?? 0)) * 1e6] as const,
    )
    await sluice.close()
    if (result.errors > 0) throw new Error(`${result.errors} requests failed: ${result.firstError}`)
    reportThreads(scenario.title, threads, result.requests)
    for (const file of readdirSync(own).filter(name => name.endsWith('.cpuprofile'))) {
      const profile = JSON.parse(readFileSync(join(own, file), 'utf8')) as CpuProfile
      reportProfile(threadOf(file), profile, skipMs, result.requests)
    }
  }
  await upstream.close()
  load.close()
}

/** `CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile`: thread 0 is the main one. */
function threadOf(file: string): string {
  const thread = file.split('.').at(4)
  return thread === '0' ? 'the main thread' : `worker thread ${thread}`
}

function reportThreads(
  title: string,
  threads: readonly (readonly [string, number])[],
  requests: number,
): void {
  const total = threads.reduce((sum, [, micros]) => sum + micros, 0)
  const lines = threads
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, micros]) => micros > total / 200)
    .map(([name, micros]) => `${(micros / requests).toFixed(2).padStart(8)} µs  ${name}`)
  process.stdout.write(
    [
      `\n${title}: ${(total / requests).toFixed(1)} µs of processor time per request while profiled (${requests} requests)`,
      ...lines,
      '',
    ].join('\n'),
  )
}

/** Samples are of the clock, not the processor: on a busy machine all of them are inflated, their shares are not. */
function reportProfile(thread: string, profile: CpuProfile, skipMs: number, requests: number): void {
  const { functions, files, busyMicros } = selfTimes(profile, skipMs)
  const per = (micros: number) => (micros / requests).toFixed(2).padStart(8)
  const share = (micros: number) => `${((100 * micros) / busyMicros).toFixed(1)} %`.padStart(7)
  const lines = (entries: readonly (readonly [string, number])[]) =>
    entries.slice(0, shown).map(([name, micros]) => `${per(micros)} µs ${share(micros)}  ${name}`)
  process.stdout.write(
    [
      `\n${thread}, self time by function (${(busyMicros / requests).toFixed(1)} µs per request by the clock)`,
      ...lines(functions),
      `\n${thread}, self time by file`,
      ...lines(files),
      '',
    ].join('\n'),
  )
}
