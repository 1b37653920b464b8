import { randomUUID } from 'node:crypto'
import {
  type CallRecord,
  type Deployment,
  type Finding,
  isJsonObject,
  type JsonObject,
  type Newswire,
  openRecord,
  stampRecord,
} from 'sluice/internal'
import type { Settings } from '../config/settings.ts'
import { type Job, type RepeatOptions, repeat } from '../jobs/repeat.ts'
import type { Stages } from '../steps/stages.ts'
import { Places } from './places.ts'

/** What spend rows of health checks are tagged with: they belong to no key. */
export const HEALTH_CHECK_TAG = 'health_check'

/** The newswire's topic. */
const TOPIC = 'health'
/** Rounds of replicas drift apart by this share of the interval, so that one of them asks and the others hear of it. */
const JITTER = 0.1
/** The first round waits no longer than this. */
const LONGEST_FIRST_MS = 2_000

export interface HealthCheckerOptions extends Pick<RepeatOptions, 'onError' | 'timers'> {
  readonly stages: () => Pick<Stages, 'settings' | 'routes' | 'catalogue' | 'ledger' | 'now'>
  readonly random: () => number
  readonly news?: Newswire | undefined
}

/** Asks deployments whether they are well: in the background, and when somebody wants to know now. */
export class HealthChecker {
  private readonly options: HealthCheckerOptions
  private readonly places: Places
  /** By deployment; whoever wants the same answer waits for the same check. */
  private readonly running = new Map<string, Promise<void>>()
  private readonly stopping = new AbortController()
  private readonly unsubscribe: (() => void) | undefined
  private job: Job | undefined
  private scheduled: Settings['health'] | undefined

  constructor(options: HealthCheckerOptions) {
    this.options = options
    this.places = new Places(() => options.stages().settings.health.concurrency)
    this.unsubscribe = options.news?.subscribe(TOPIC, ({ key, value }) => this.hear(key, value))
    this.schedule()
  }

  /** Background rounds as the settings in force say; call after they changed. */
  schedule(): void {
    const { health } = this.options.stages().settings
    const { scheduled } = this
    if (scheduled?.background === health.background && scheduled.intervalMs === health.intervalMs) return
    this.scheduled = health
    void this.job?.stop()
    this.job = health.background ? this.start(health.intervalMs) : undefined
  }

  /** Checks these deployments, each at most once at a time, except those of which there is a finding that fresh. */
  async check(deployments: readonly Deployment[], freshMs: number): Promise<void> {
    await Promise.all(this.due(deployments, freshMs).map(deployment => this.once(deployment)))
  }

  /** Checks under way are cut off. */
  async close(): Promise<void> {
    this.stopping.abort()
    this.unsubscribe?.()
    await this.job?.stop()
    await Promise.allSettled(this.running.values())
  }

  private start(intervalMs: number): Job {
    const { onError, timers, random } = this.options
    let isFirst = true
    const everyMs = () => {
      if (!isFirst) return intervalMs * (1 + JITTER * (2 * random() - 1))
      isFirst = false
      return Math.min(intervalMs * JITTER, LONGEST_FIRST_MS) * random()
    }
    return repeat(() => this.round(intervalMs), { everyMs, onError, timers })
  }

  /** What another replica found in the meantime is not asked again. Nobody waits for a deployment that hangs. */
  private async round(intervalMs: number): Promise<void> {
    const { stages, onError } = this.options
    const { routes, settings } = stages()
    const { groups } = settings.health
    const deployments = routes.groups
      .all()
      .filter(({ group, modelInfo }) => isInBackground(modelInfo) && (!groups || groups.has(group)))
    for (const deployment of this.due(deployments, intervalMs * (1 - 2 * JITTER)))
      this.once(deployment).catch(onError)
  }

  private due(deployments: readonly Deployment[], freshMs: number): readonly Deployment[] {
    const { routes, now } = this.options.stages()
    return deployments.filter(deployment => {
      const { at = Number.NEGATIVE_INFINITY } = routes.health.last(deployment) ?? {}
      return now() - at >= freshMs
    })
  }

  private once(deployment: Deployment): Promise<void> {
    const { id } = deployment
    const running = this.running.get(id)
    if (running) return running
    const check = this.places.run(() => this.ask(deployment)).finally(() => this.running.delete(id))
    this.running.set(id, check)
    return check
  }

  private async ask(deployment: Deployment): Promise<void> {
    if (this.stopping.signal.aborted) return
    const { routes, ledger, catalogue, now } = this.options.stages()
    ledger.admit()
    let record: CallRecord | undefined
    const open = (endpoint: CallRecord['endpoint'], format: string): CallRecord => {
      record = recordOf(deployment, endpoint, format, now())
      return record
    }
    const finding = await routes.health.check(deployment, open, this.stopping.signal)
    if (finding === undefined || record === undefined) return
    record.endedAt = now()
    stampRecord(record, undefined, catalogue, { promptTokens: 0 })
    await ledger.post(record)
    if (!this.stopping.signal.aborted) this.tell(deployment, finding)
  }

  private tell({ id }: Deployment, finding: Finding): void {
    const { news, stages } = this.options
    const { router, health } = stages().settings
    const ttlMs = router.healthRouting?.staleMs ?? health.intervalMs * 2
    news?.publish({ topic: TOPIC, key: id, value: { ...finding }, ttlMs })
  }

  private hear(id: string, value: JsonObject | null): void {
    const { routes } = this.options.stages()
    const deployment = routes.groups.all().find(each => each.id === id)
    const finding = value === null ? undefined : findingOf(value)
    if (deployment && finding) routes.health.note(deployment, finding)
  }
}

/** False where the deployment asks to be left out of background checks. */
export function isInBackground(info: Deployment['modelInfo']): boolean {
  return info?.disable_background_health_check !== true
}

function recordOf(
  deployment: Deployment,
  endpoint: CallRecord['endpoint'],
  format: string,
  startedAt: number,
): CallRecord {
  const record = openRecord({
    id: randomUUID(),
    ...{ endpoint, format, startedAt },
    requestedModel: deployment.group,
  })
  record.tags.push(HEALTH_CHECK_TAG)
  return record
}

/** What came over the wire, if it is a finding. */
function findingOf({ at, durationMs, error }: JsonObject): Finding | undefined {
  if (typeof at !== 'number' || typeof durationMs !== 'number') return undefined
  if (error === undefined) return { at, durationMs }
  if (!isJsonObject(error)) return undefined
  const { name, status, message } = error
  if (typeof name !== 'string' || typeof status !== 'number' || typeof message !== 'string') return undefined
  return { at, durationMs, error: { name, status, message } }
}
