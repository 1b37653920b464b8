import type { Machine } from './machine.ts'

/** Closed loop: every connection busy all the time. */
export interface Throughput {
  /** Processor time of the stack per request, in microseconds: the median of the windows. */
  readonly cpuMicros: number
  /** Likewise over the whole scenario, with what the stack put off to after its windows. */
  readonly allInMicros: number
  readonly requestsPerSecond: number
  /** How much of one core each process used, 0 to the number of cores: who was the bottleneck. */
  readonly cores: { readonly stack: number; readonly upstream: number; readonly generator: number }
  readonly requests: number
  /** Megabytes at the end of the scenario. */
  readonly rssAfter: number
  readonly errors: number
}

/** Open loop at a fixed rate, milliseconds, medians of the rounds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly firstByteP50: number
  readonly firstByteP99: number
  /** Minus the direct way's in the same round. */
  readonly added: { readonly p50: number; readonly p99: number; readonly firstByteP50: number }
  readonly errors: number
}

export interface ScenarioResult {
  readonly throughput?: Throughput
  readonly latency?: Latency
  /** Why it was not measured. */
  readonly failure?: string
}

/** Megabytes. */
export interface Memory {
  /** A second after the start. */
  readonly idle: number
  /** What the held streams added to a warm server; undefined when it could not hold them. */
  readonly heldStreams: number | undefined
  /** The most that was seen in all measurements. */
  readonly loaded: number
}

export interface StackResult {
  readonly name: string
  readonly version: string
  readonly does: string
  /** Median of several starts, in milliseconds. */
  readonly readyMs: number
  readonly memory: Memory
  readonly scenarios: Readonly<Record<string, ScenarioResult>>
  readonly verified?: string
}

export interface Results {
  readonly date: string
  readonly commit: string
  readonly machine: Machine
  readonly seconds: number
  readonly heldStreams: number
  readonly scenarios: readonly { readonly name: string; readonly title: string; readonly perSecond: number }[]
  readonly stacks: readonly StackResult[]
  readonly notes: readonly string[]
}
