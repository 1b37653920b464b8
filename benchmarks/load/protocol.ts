/** Where a prepared request goes, and its bytes: head and body as they lie on the wire. */
export interface Aim {
  readonly port: number
  readonly request: Uint8Array
}

/** What the load generator is told, one command at a time. */
export type LoadCommand =
  | (Aim & { readonly kind: 'closed'; readonly connections: number; readonly milliseconds: number })
  | (Aim & { readonly kind: 'open'; readonly perSecond: number; readonly milliseconds: number })
  | (Aim & { readonly kind: 'hold'; readonly streams: number })
  | { readonly kind: 'release' }

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** What one command came to. */
export interface LoadResult {
  /** Requests that were answered with status 200 and a complete body. */
  readonly requests: number
  readonly errors: number
  readonly firstError?: string
  /** From the first request to the last reply. */
  readonly seconds: number
  /** Until the last byte: since sending in a closed loop, since the time it was due in an open one. */
  readonly latency: Percentiles
  /** Until the first byte of the body, likewise. */
  readonly firstByte: Percentiles
  readonly bodyBytes: number
  /** Processor time of the generator itself, in seconds. */
  readonly cpuSeconds: number
}
