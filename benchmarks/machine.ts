import { cpus, loadavg, release, totalmem } from 'node:os'

/** What the numbers were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly kernel: string
  readonly node: string
  /** Processes that were running or waiting at the start, on average over a minute: others' work is noise. */
  readonly loadBefore: number
}

/** This machine. */
export function describeMachine(): Machine {
  const cores = cpus()
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    kernel: `Linux ${release()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  }
}
