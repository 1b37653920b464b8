/** What this process knows of its own condition. */
export interface Health {
  report(): Promise<HealthReport>
  inFlight(): number
}

export interface HealthReport {
  /**
   * False while the process drains or cannot write spend down. A database that is away does not count: known keys go
   * on working, and every replica shares it, so taking them out of the load balancer would make the outage total.
   */
  readonly ready: boolean
  /** `degraded`: it takes traffic, and something is wrong that `problems` names. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly database: 'connected' | 'disconnected'
  /** LiteLLM's word for it: what replicas share things through, whether it answers or not. */
  readonly cache: 'redis' | null
  /** What is wrong, in sentences. */
  readonly problems: readonly string[]
}

/** What is looked at. */
export interface HealthSources {
  readonly database: { ping(): Promise<void> }
  readonly ledger: { health(): { readonly accepting: boolean } }
  readonly metrics: { readonly inFlight: number }
  /** Undefined where none is configured. */
  redis(): { problem(): string | undefined } | undefined
  draining(): boolean
}

export function createHealth({ database, ledger, metrics, redis, draining }: HealthSources): Health {
  return {
    inFlight: () => metrics.inFlight,
    async report() {
      const problems: string[] = []
      const connected = await inTime(database.ping())
      if (!connected)
        problems.push('The database cannot be reached: known keys go on working, spend waits on disk.')
      const shared = redis()
      const away = shared?.problem()
      if (away !== undefined) problems.push(`${away} This replica shares nothing with the others meanwhile.`)
      const { accepting } = ledger.health()
      if (!accepting) problems.push('Spend cannot be written down: new calls are refused.')
      if (draining()) problems.push('The process is shutting down.')
      const ready = accepting && !draining()
      return {
        ready,
        status: !ready ? 'unhealthy' : connected && away === undefined ? 'healthy' : 'degraded',
        database: connected ? 'connected' : 'disconnected',
        cache: shared ? 'redis' : null,
        problems,
      }
    },
  }
}

/** Whoever asks for readiness gives up soon; a database that is slower than this counts as away. */
const PING_MS = 2_000

/** Whether `work` succeeds in time. */
function inTime(work: Promise<void>): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), PING_MS)
    work
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer))
  })
}
