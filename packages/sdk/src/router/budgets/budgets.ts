import { randomUUID } from 'node:crypto'
import { type ZonedCalendar, zonedCalendar } from '../../budgets/zoned-calendar.ts'
import type { BudgetKind, BudgetSpend } from '../../types/budget-spend.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { News, Newswire } from '../news/newswire.ts'
import { BudgetHold } from './budget-hold.ts'
import { type BudgetReport, type BudgetSetting, BudgetState } from './budget-state.ts'

export interface BudgetSettings {
  /** What may be spent at a provider, by its name. Deployments state their own (`maxBudget`, `budgetDuration`). */
  readonly providerBudgets?: ReadonlyMap<string, BudgetSetting> | undefined
  /** IANA name; budgets reset at its midnights. UTC unless stated. */
  readonly budgetTimezone?: string | undefined
  /** Output tokens reserved when neither the request nor the model states a limit; 4096 unless stated. */
  readonly defaultMaxOutputTokens?: number | undefined
}

const TOPIC = 'spend'
/** News of a budget that never resets, and the longest of any. */
const LONGEST_NEWS_MS = 32 * 86_400_000

/** The wire that is listened to. */
interface Heard {
  readonly news: Newswire
  stop(): void
}

/** Every budget of providers and deployments. Survives a change of settings. */
export class Budgets {
  /** This process, in what it tells of its spending. */
  readonly replica: string
  private readonly all: Map<string, BudgetState>
  private readonly settings: BudgetSettings
  private readonly calendar: ZonedCalendar
  private readonly news: Newswire | undefined
  private readonly heard: Heard | undefined
  private readonly now: () => number

  constructor(
    deployments: readonly Deployment[],
    settings: BudgetSettings,
    host: { readonly news?: Newswire | undefined; readonly now: () => number },
    previous: Budgets | undefined,
  ) {
    this.replica = previous?.replica ?? randomUUID()
    const before = previous?.all ?? new Map<string, BudgetState>()
    this.all = before
    this.settings = settings
    this.calendar = zonedCalendar(settings.budgetTimezone ?? 'UTC')
    this.news = host.news
    this.now = host.now
    const kept = new Set<string>()
    const keep = (kind: BudgetKind, id: string, setting: BudgetSetting) => {
      kept.add(`${kind}\0${id}`)
      this.open(kind, id, setting)
    }
    for (const [name, setting] of settings.providerBudgets ?? []) keep('provider', name, setting)
    for (const { id, maxBudget, budgetDuration: duration } of deployments)
      if (maxBudget !== undefined) keep('deployment', id, { maxBudget, duration })
    // Calls under way still hold what was taken out of the settings; only the look-up forgets it.
    for (const key of [...this.all.keys()]) if (!kept.has(key)) this.all.delete(key)
    this.heard = this.listen(previous?.heard)
  }

  /** How many there are. */
  get size(): number {
    return this.all.size
  }

  /** The budgets that a call of the deployment spends; the very same empty list where there is none. */
  of({ id, provider }: Deployment): readonly BudgetState[] {
    if (this.all.size === 0) return NONE
    const own = [this.all.get(`provider\0${provider}`), this.all.get(`deployment\0${id}`)]
    const found = own.filter(budget => budget !== undefined)
    return found.length === 0 ? NONE : found
  }

  /** Holds the worst case of one attempt, nano-dollars. */
  hold(budgets: readonly BudgetState[], worst: number | undefined): BudgetHold {
    return new BudgetHold(budgets, worst ?? 0, this.replica, budget => this.tell(budget))
  }

  /** Takes in what other processes have spent, as they wrote it down: each row is the total of one process so far. */
  learn(spends: readonly BudgetSpend[]): void {
    const now = this.now()
    for (const spend of spends) {
      const budget = this.all.get(`${spend.kind}\0${spend.id}`)
      budget?.roll(now)
      if (spend.replica !== this.replica) budget?.learn(spend)
    }
  }

  /** Every budget as it stands. */
  reports(): BudgetReport[] {
    const now = this.now()
    return [...this.all.values()].map(budget => budget.report(now))
  }

  /** Listens once, as long as there are budgets; a reload may bring the first of them, or the wire. */
  private listen(heard: Heard | undefined): Heard | undefined {
    const news = this.all.size > 0 ? this.news : undefined
    if (news === heard?.news) return heard
    heard?.stop()
    return news && { news, stop: news.subscribe(TOPIC, told => this.hear(told)) }
  }

  private open(kind: BudgetKind, id: string, setting: BudgetSetting): void {
    const key = `${kind}\0${id}`
    const known = this.all.get(key)
    const now = this.now()
    if (known) known.configure(setting, this.calendar, now)
    else this.all.set(key, new BudgetState(kind, id, setting, this.calendar, now))
  }

  /** The total, not the difference: news may be lost, be late or come twice. */
  private tell({ kind, id, resetAt = 0, own }: BudgetState): void {
    if (this.news === undefined) return
    const { replica } = this
    const left = resetAt === 0 ? LONGEST_NEWS_MS : resetAt - this.now()
    this.news.publish({
      topic: TOPIC,
      key: `${replica}:${kind}:${resetAt}:${id}`,
      value: { kind, id, resetAt, replica, nanoUsd: own },
      ttlMs: Math.max(1, Math.min(left, LONGEST_NEWS_MS)),
    })
  }

  private hear({ value }: News): void {
    const { kind, id, resetAt, replica, nanoUsd } = value ?? {}
    if (kind !== 'provider' && kind !== 'deployment') return
    if (typeof id !== 'string' || typeof replica !== 'string') return
    if (typeof resetAt !== 'number' || typeof nanoUsd !== 'number') return
    this.learn([{ kind, id, resetAt, replica, nanoUsd }])
  }
}

const NONE: readonly BudgetState[] = []
