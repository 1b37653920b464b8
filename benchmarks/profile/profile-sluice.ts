import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLoad } from '../load/load.ts'
import type { Plan } from '../plan.ts'
import { requestBytes } from '../request-bytes.ts'
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
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${own}`, '--enable-source-maps'],
    })
    const target = sluice.target(scenario.route, scenario.stream ? 'stream' : 'whole')
    if (!target) throw new Error(`sluice has no way for ${scenario.name}`)
    const command = { kind: 'closed', port: target.port, request: requestBytes(scenario, target) } as const
    const connections = scenario.stream ? 16 : 32
    await load.run({ ...command, connections, milliseconds: warmUpMs })
    const skipMs = performance.now() - began
    const result = await load.run({ ...command, connections, milliseconds: measuredMs })
    await sluice.close()
    if (result.errors > 0) throw new Error(`${result.errors} requests failed: ${result.firstError}`)
    const file = readdirSync(own).find(name => name.endsWith('.cpuprofile'))
    if (file === undefined) throw new Error('sluice wrote no profile; it must end itself on SIGTERM')
    const profile = JSON.parse(readFileSync(join(own, file), 'utf8')) as CpuProfile
    report(scenario.title, profile, skipMs, result.requests)
  }
  await upstream.close()
  load.close()
}

function report(title: string, profile: CpuProfile, skipMs: number, requests: number): void {
  const { functions, files, busyMicros } = selfTimes(profile, skipMs)
  const per = (micros: number) => (micros / requests).toFixed(2).padStart(8)
  const share = (micros: number) => `${((100 * micros) / busyMicros).toFixed(1)} %`.padStart(7)
  const lines = (entries: readonly (readonly [string, number])[]) =>
    entries.slice(0, shown).map(([name, micros]) => `${per(micros)} µs ${share(micros)}  ${name}`)
  process.stdout.write(
    [
      `\n${title}: ${(busyMicros / requests).toFixed(1)} µs per request on the main thread, profiled (${requests} requests)`,
      '\nself time by function',
      ...lines(functions),
      '\nself time by file',
      ...lines(files),
      '',
    ].join('\n'),
  )
}
