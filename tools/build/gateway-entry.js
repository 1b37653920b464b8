#!/usr/bin/env node
// The first file a user's Node runs: small and old-fashioned, so that an old Node reaches the message below.
import module from 'node:module'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `sluice needs Node 24 or newer, and this is ${process.version}: install one from https://nodejs.org`,
  )
  process.exit(1)
}

settleMemory()
module.enableCompileCache()
await import('./main.js')
// Node writes the cache only on a clean exit, which a container that is killed never has.
setTimeout(() => module.flushCompileCache(), 5_000).unref()

/**
 * Starts the same process anew, in place, with a leaner allocator: glibc keeps an arena per thread and frees late, which
 * holds some 50 MB that nobody uses. An operator's own settings and flags are left alone: a profiler's signal would end
 * the new image. Where it cannot be done, nothing happens.
 */
function settleMemory() {
  const tuned = process.env.MALLOC_ARENA_MAX ?? process.env.NODE_OPTIONS ?? process.execArgv[0]
  if (process.platform !== 'linux' || tuned !== undefined) return
  const env = { ...process.env, MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' }
  const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=16']
  try {
    process.execve?.(process.execPath, [process.execPath, ...flags, ...process.argv.slice(1)], env)
  } catch {
    // Not every platform and policy lets a process replace itself.
  }
}
