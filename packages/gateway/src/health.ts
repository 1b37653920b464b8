/** What this process knows of its own condition. */
export interface Health {
  report(): Promise<HealthReport>
  inFlight(): number
}

export interface HealthReport {
  /** False while the process drains, cannot write spend down, or cannot reach the database. */
  readonly ready: boolean
  readonly database: 'connected' | 'disconnected'
  /** What is wrong, in sentences. */
  readonly problems: readonly string[]
}
