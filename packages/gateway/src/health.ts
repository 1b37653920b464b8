import type { DatabaseCondition } from './db/heartbeat.ts'
import { type SinkHealth, sinkProblem } from './telemetry/spend/sink-health.ts'

/** What this process knows of its own condition. */
export interface Health {
  report(): HealthReport
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

/** What is looked at; nothing is asked or waited for. */
export interface HealthSources {
  readonly database: { condition(): DatabaseCondition }
  readonly ledger: {
    health(): { readonly accepting: boolean; readonly databaseReachable: boolean }
    sinks(): readonly SinkHealth[]
  }
  readonly metrics: { readonly inFlight: number }
  /** No Redis where none is configured. */
  readonly shared: { readonly redis: { problem(): string | undefined } | undefined }
  /** What is wrong with what is known of keys. */
  readonly snapshot: { problem(): string | undefined }
  draining(): boolean
}

export function createHealth({
  database,
  ledger,
  metrics,
  shared,
  snapshot,
  draining,
}: HealthSources): Health {
  return {
    inFlight: () => metrics.inFlight,
    report() {
      const condition = database.condition()
      const { accepting, databaseReachable } = ledger.health()
      const problems = databaseProblems(condition, databaseReachable)
      const known = snapshot.problem()
      if (known !== undefined) problems.push(known)
      const away = shared.redis?.problem()
      if (away !== undefined) problems.push(`${away} This replica shares nothing with the others meanwhile.`)
      const now = Date.now()
      problems.push(...ledger.sinks().flatMap(sink => sinkProblem(sink, now) ?? []))
      if (!accepting) problems.push('Spend cannot be written down: new calls are refused.')
      if (draining()) problems.push('The process is shutting down.')
      const ready = accepting && !draining()
      return {
        ready,
        status: !ready ? 'unhealthy' : problems.length === 0 ? 'healthy' : 'degraded',
        database: condition.state === 'disconnected' ? 'disconnected' : 'connected',
        cache: shared.redis ? 'redis' : null,
        problems,
      }
    },
  }
}

function databaseProblems({ state, answerMs }: DatabaseCondition, takesSpend: boolean): string[] {
  switch (state) {
    case 'disconnected':
      return ['The database cannot be reached: known keys go on working, spend waits on disk.']
    case 'slow':
      return [`The database is slow: ${(answerMs / 1_000).toFixed(1)} s for the simplest question.`]
    case 'read-only':
      return ['The database takes no writes: keys go on working, spend waits on disk.']
    case 'connected':
      return takesSpend ? [] : ['The database does not take spend: it waits on disk, and is tried again.']
  }
}
