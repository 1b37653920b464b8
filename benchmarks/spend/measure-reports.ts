import { execFile } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { openTestOffice } from '../../packages/gateway/src/management/testing/test-office.ts'

const run = promisify(execFile)

/** A report, and how often it is asked for: wide ones a few times. */
export interface Question {
  readonly name: string
  readonly url: string
  readonly times: number
}

/**
 * Asks each over HTTP, by a process of its own, and prints a line of a table: how long it took, how long to the first
 * byte, and for how long at most this process did nothing else meanwhile.
 */
export async function measureReports(database: Database, questions: readonly Question[]): Promise<void> {
  const { app } = await openTestOffice(database)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const lag = monitorEventLoopDelay({ resolution: 5 })
  console.log(
    '| report | p50 ms | worst ms | first byte ms | kB | processor ms | longest pause ms | memory MB |',
  )
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|')
  for (const { name, url, times } of questions) {
    const asked: Answer[] = []
    await ask(address + url)
    lag.reset()
    lag.enable()
    const before = process.cpuUsage()
    for (let time = 0; time < times; time++) asked.push(await ask(address + url))
    lag.disable()
    const { user, system } = process.cpuUsage(before)
    const sorted = asked.map(({ ms }) => ms).sort((a, b) => a - b)
    const first = asked.map(({ firstMs }) => firstMs).sort((a, b) => a - b)
    const cells = [
      ...[sorted[Math.floor(times / 2)], sorted.at(-1), first[Math.floor(times / 2)]],
      ...[(asked[0]?.bytes ?? 0) / 1_000, (user + system) / 1_000 / times, lag.max / 1e6],
      process.memoryUsage().rss / 1e6,
    ]
    console.log(`| ${name} | ${cells.map(cell => Math.round(cell ?? 0)).join(' | ')} |`)
  }
  await app.close()
}

interface Answer {
  readonly ms: number
  readonly firstMs: number
  readonly bytes: number
}

async function ask(url: string): Promise<Answer> {
  const format = '%{time_total} %{time_starttransfer} %{size_download} %{http_code}'
  const key = 'authorization: Bearer sk-test-master-key'
  const { stdout } = await run('curl', ['-gsS', '-o', '/dev/null', '-w', format, '-H', key, encodeURI(url)])
  const [seconds, first, bytes, status] = stdout.split(' ').map(Number)
  if (status !== 200) throw new Error(`${url}: ${status}`)
  return { ms: (seconds ?? 0) * 1_000, firstMs: (first ?? 0) * 1_000, bytes: bytes ?? 0 }
}
