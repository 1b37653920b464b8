/** What this process knows of its own condition. */
export interface Health {
  report(): Promise<HealthReport>
  inFlight(): number
}

export interface HealthReport {
  /** False while the process drains, or cannot write spend down. A database that is down is reported, not fatal. */
  readonly ready: boolean
  readonly database: 'connected' | 'disconnected'
  /** What is wrong, in sentences. */
  readonly problems: readonly string[]
}
