import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallRecord } from 'sluice/internal'
import { openDatabase } from '../../db/open-database.ts'
import { openLedger } from '../journal-ledger.ts'
import { callRecord } from './call-record.ts'

// Run by hand: posts calls at a steady rate and prints the process's CPU time per call, all threads, with what a loop
// that posts nothing costs taken off. Arguments: PostgreSQL URL or `embedded`, calls per second, seconds.
const [target = 'embedded', rate = '2000', seconds = '20'] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'sluice-measure-'))
const url = target === 'embedded' ? undefined : target
const database = await openDatabase({ url, dataDirectory: directory, poolSize: 10 })
const ledger = await openLedger({ database, directory, flushMs: 1_000 })
const run = `${Date.now().toString(36)}${process.pid}`
let posted = 0
let waits: number[] = []

function nextCall(): CallRecord {
  const n = posted++
  const now = Date.now()
  const id = `chatcmpl-${run}-${((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${n}`
  return callRecord(id, {
    startedAt: now - 500,
    firstTokenAt: now - 100,
    endedAt: now,
    attempts: [{ deploymentId: 'd0', startedAt: now - 499, durationMs: 480 }],
    fallbacks: 0,
    warnings: [],
    sessionId: undefined,
    tags: [],
    endUser: undefined,
    route: '/v1/chat/completions',
    userAgent: 'OpenAI/JS 6.0.0',
    caller: {
      keyHash: `${n % 20}`.padStart(64, 'abcdef'),
      keyAlias: `key ${n % 20}`,
      userId: `user-${n % 20}`,
      teamId: `team-${n % 5}`,
    },
  })
}

async function post(): Promise<void> {
  const record = nextCall()
  const start = performance.now()
  await ledger.post(record)
  waits.push(performance.now() - start)
}

/** Calls `work` at the rate for a while and returns the CPU microseconds used per call. */
async function measure(work: () => void, forSeconds: number): Promise<{ perCall: number; calls: number }> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let calls = 0
  await new Promise<void>(resolve => {
    const turn = (): void => {
      const elapsed = (performance.now() - start) / 1_000
      for (; calls < elapsed * Number(rate); calls++) work()
      if (elapsed < forSeconds) setTimeout(turn, 1)
      else resolve()
    }
    turn()
  })
  // What is put off counts too.
  await ledger.flush()
  const { user, system } = process.cpuUsage(cpu)
  return { perCall: (user + system) / calls, calls }
}

/** Thread name → CPU milliseconds so far, from Linux's scheduler. */
function threads(): ReadonlyMap<string, number> {
  const used = new Map<string, number>()
  for (const task of readdirSync('/proc/self/task')) {
    const name = readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim()
    const nanoseconds = Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0])
    used.set(name, (used.get(name) ?? 0) + nanoseconds / 1e6)
  }
  return used
}

const idle = await measure(() => void nextCall(), 5)
await measure(() => void post(), 10)
waits = []
const before = threads()
const busy = await measure(() => void post(), Number(seconds))
const after = threads()
waits.sort((a, b) => a - b)
const ms = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2)
process.stdout.write(
  `${(busy.perCall - idle.perCall).toFixed(1)} µs per call (${busy.perCall.toFixed(1)} less ${idle.perCall.toFixed(1)} of the loop itself), ${busy.calls} calls, post waits p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms\n`,
)
for (const [name, used] of after) {
  const microseconds = ((used - (before.get(name) ?? 0)) * 1e3) / busy.calls
  if (microseconds >= 0.1) process.stdout.write(`  ${name}: ${microseconds.toFixed(1)} µs\n`)
}
await ledger.close()
await database.close()
rmSync(directory, { recursive: true, force: true })
