/** `npm run bench`: Sluice beside nginx and its peers, in one run on one machine. See README.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeBars } from './bars.ts'
import { compareStacks } from './compare-stacks.ts'
import { readPlan } from './plan.ts'
import { profileSluice } from './profile/profile-sluice.ts'
import { markdown } from './report/markdown.ts'
import { save } from './report/save.ts'
import { killServers } from './stacks/server-process.ts'

const plan = readPlan(process.argv.slice(2))
const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
process.on('exit', () => {
  killServers()
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

if (plan.profile) {
  await profileSluice(plan, directory)
} else {
  const results = await compareStacks(plan, directory)
  const bars = judgeBars(results)
  const report = markdown(results, bars)
  process.stdout.write(`\n${report}`)
  if (plan.save) process.stdout.write(`\nSaved as ${await save(results, bars, report)}\n`)
  if (plan.strict && bars.some(({ met }) => met === false)) process.exitCode = 1
}
