import { processTree, read } from './process-tree.ts'

/** Resident megabytes (10^6 bytes) of a process and its children. */
export function rssMegabytes(pid: number): number {
  let kibibytes = 0
  for (const process of processTree(pid)) {
    kibibytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${process}/status`))?.[1] ?? 0)
  }
  return (kibibytes * 1_024) / 1e6
}

/** Watches a process's memory, four times a second; `stop` gives the most it has seen. */
export function watchRss(pid: number): { stop(): number } {
  let most = rssMegabytes(pid)
  const timer = setInterval(() => {
    most = Math.max(most, rssMegabytes(pid))
  }, 250)
  return {
    stop() {
      clearInterval(timer)
      return Math.max(most, rssMegabytes(pid))
    },
  }
}
