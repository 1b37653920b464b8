import { readdirSync, readFileSync } from 'node:fs'

/** A process and all its descendants, by id. Those that have ended are left out. */
export function processTree(pid: number): number[] {
  const children = threadsOf(pid).flatMap(thread =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(processTree)]
}

/** Ids of a process's threads, none when it has ended. */
export function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** A file of `/proc`, empty when its process has ended meanwhile. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
