/**
 * The whole of `npm test`: starts PostgreSQL and Redis, runs every unit and e2e test, stops what it started, and ends
 * with one line of counts. Arguments go to vitest (`npm test -- packages/sdk`).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { installServices } from '../e2e/services/install-services.ts'
import { startPostgres } from '../e2e/services/postgres.ts'
import { startRedis } from '../e2e/services/redis.ts'
import { countTests } from './count-tests.ts'

const root = dirname(import.meta.dirname)
const given = {
  postgres: process.env['SLUICE_TEST_POSTGRES_URL'],
  redis: process.env['SLUICE_TEST_REDIS_URL'],
}
const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

let child: ChildProcess | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Vitest ends first, then the services; before vitest runs, leaving is enough: services end with this process.
  process.on(signal, () => (child ? child.kill(signal) : process.exit(1)))
}

if (!given.postgres || !given.redis) installServices()
const [postgres, redis] = await Promise.all([
  given.postgres ? undefined : startPostgres(),
  given.redis ? undefined : startRedis(),
])
const environment = {
  SLUICE_TEST_POSTGRES_URL: given.postgres ?? postgres?.url,
  SLUICE_TEST_REDIS_URL: given.redis ?? redis?.url,
}

const code = await vitest(join(folder, 'report.json'))
await Promise.all([postgres?.remove(), redis?.remove()])
const counts = countTests(readReport(), code)
process.exitCode = code === 0 && counts.failed > 0 ? 1 : code
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)

function vitest(report: string): Promise<number> {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  child = spawn(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), ...args, ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } },
  )
  const started = child
  return new Promise((resolve, reject) => {
    started.on('error', reject)
    started.on('exit', exitCode => resolve(exitCode ?? 1))
  })
}

/** What vitest wrote; undefined when it ended before it could write. */
function readReport(): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  } catch {
    return undefined
  }
}
