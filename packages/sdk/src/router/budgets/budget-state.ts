import { nextBudgetReset } from '../../budgets/budget-duration.ts'
import { type BudgetVerdict, budgetVerdict } from '../../budgets/budget-verdict.ts'
import type { ZonedCalendar } from '../../budgets/zoned-calendar.ts'
import type { BudgetKind, BudgetSpend } from '../../types/budget-spend.ts'

/** A budget as it is configured. */
export interface BudgetSetting {
  /** Dollars. */
  readonly maxBudget: number
  /** LiteLLM's duration: `1h`, `1d`, `30d` … Absent: it never resets. */
  readonly duration?: string | undefined
}

/** A budget as it stands. */
export interface BudgetReport {
  readonly kind: BudgetKind
  readonly id: string
  readonly maxNanoUsd: number
  readonly duration: string | undefined
  /** Of all processes, as far as they are known. */
  readonly spentNanoUsd: number
  /** What calls under way may still spend. */
  readonly reservedNanoUsd: number
  readonly resetAt: number | undefined
}

/**
 * One budget in its running period, nano-dollars. What this process spends it knows itself; what each of the others
 * has spent so far it is told, as that process's own total, so that being told twice or late adds nothing twice.
 */
export class BudgetState {
  readonly kind: BudgetKind
  readonly id: string
  maxNanoUsd: number
  own = 0
  reserved = 0
  resetAt: number | undefined
  private setting: BudgetSetting
  private calendar: ZonedCalendar
  /** One entry per process that has spent of it in this period. */
  private readonly others = new Map<string, number>()
  private othersSpent = 0

  constructor(kind: BudgetKind, id: string, setting: BudgetSetting, calendar: ZonedCalendar, now: number) {
    this.kind = kind
    this.id = id
    this.setting = setting
    this.maxNanoUsd = nanoOf(setting)
    this.calendar = calendar
    this.resetAt = nextBudgetReset(setting.duration, now, calendar)
  }

  get spent(): number {
    return this.own + this.othersSpent
  }

  /** Takes a changed setting in. Another end of the period is another period, which begins with nothing spent. */
  configure(setting: BudgetSetting, calendar: ZonedCalendar, now: number): void {
    const isSamePeriod =
      setting.duration === this.setting.duration && calendar.timezone === this.calendar.timezone
    this.setting = setting
    this.maxNanoUsd = nanoOf(setting)
    this.calendar = calendar
    if (!isSamePeriod) this.begin(now)
  }

  /** False when no call fits, whatever it costs. */
  hasRoom(now: number): boolean {
    this.roll(now)
    return (
      this.spent < this.maxNanoUsd && (this.reserved === 0 || this.spent + this.reserved <= this.maxNanoUsd)
    )
  }

  check(now: number, worst: () => number | undefined): BudgetVerdict {
    this.roll(now)
    // The worst case has a price of its own: most of the time it decides nothing.
    if (this.spent >= this.maxNanoUsd || this.reserved === 0)
      return budgetVerdict(this, this.maxNanoUsd, undefined)
    return budgetVerdict(this, this.maxNanoUsd, worst())
  }

  /** Starts a new period when its time has come. Reservations live on: what they hold was not spent yet. */
  roll(now: number): void {
    if (this.resetAt !== undefined && now >= this.resetAt) this.begin(now)
  }

  /** Takes in what another process has spent of this period; its total only grows. */
  learn({ resetAt, replica, nanoUsd }: BudgetSpend): void {
    const known = this.others.get(replica) ?? 0
    if (resetAt !== (this.resetAt ?? 0) || !(nanoUsd > known)) return
    this.others.set(replica, nanoUsd)
    this.othersSpent += nanoUsd - known
  }

  report(now: number): BudgetReport {
    this.roll(now)
    const { kind, id, maxNanoUsd, resetAt, spent, reserved } = this
    return {
      ...{ kind, id, maxNanoUsd, resetAt },
      duration: this.setting.duration,
      spentNanoUsd: spent,
      reservedNanoUsd: reserved,
    }
  }

  private begin(now: number): void {
    this.own = 0
    this.others.clear()
    this.othersSpent = 0
    this.resetAt = nextBudgetReset(this.setting.duration, now, this.calendar)
  }
}

function nanoOf({ maxBudget }: BudgetSetting): number {
  return Math.round(maxBudget * 1e9)
}
