import { processTree, read, threadsOf } from './process-tree.ts'

const ticksPerSecond = 100

/**
 * Processor seconds (user + system) of a process and its children so far, exact to the nanosecond: the sum of its
 * threads' run times. What a thread used that has ended meanwhile is missing: right for windows, not for totals.
 */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0
  for (const process of processTree(pid)) {
    for (const thread of threadsOf(process)) {
      nanoseconds += Number(read(`/proc/${process}/task/${thread}/schedstat`).split(' ')[0] ?? 0)
    }
  }
  return nanoseconds / 1e9
}

/**
 * Processor seconds of a process and its children, ended threads and children included, exact to 10 ms: `utime`,
 * `stime`, `cutime` and `cstime` of `/proc/<pid>/stat`.
 */
export function totalCpuSeconds(pid: number): number {
  let ticks = 0
  for (const process of processTree(pid)) {
    const stat = read(`/proc/${process}/stat`)
    // The command's name may hold spaces; the fields after its closing parenthesis may not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    for (const field of fields.slice(11, 15)) ticks += Number(field)
  }
  return ticks / ticksPerSecond
}

/** Processor seconds of each living thread of one process, by `name id`: a worker thread is called after Node too. */
export function cpuSecondsByThread(pid: number): Map<string, number> {
  return new Map(
    threadsOf(pid).map(thread => {
      const directory = `/proc/${pid}/task/${thread}`
      const nanoseconds = Number(read(`${directory}/schedstat`).split(' ')[0] ?? 0)
      return [`${read(`${directory}/comm`).trim()} ${thread}`, nanoseconds / 1e9]
    }),
  )
}
