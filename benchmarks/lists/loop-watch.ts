import { isMainThread } from 'node:worker_threads'

// Loaded into a gateway by `--import`: on SIGUSR2 it writes the longest stretch of work since the last time, in
// milliseconds of the main thread's processor time, and how much work there was in all.
if (isMainThread) {
  let at = process.threadCpuUsage()
  let longest = 0
  let all = 0
  const tick = () => {
    const { user, system } = process.threadCpuUsage(at)
    at = process.threadCpuUsage()
    longest = Math.max(longest, user + system)
    all += user + system
  }
  setInterval(tick, 1).unref()
  process.on('SIGUSR2', () => {
    process.stderr.write(`loop ${longest / 1_000} ${all / 1_000}\n`)
    longest = 0
    all = 0
  })
}
