import type { SpendSubject } from '../db/database.ts'
import type { SpendDrift } from '../db/spend/reading/read-drift.ts'
import type { SpendReports } from '../db/spend/spend-reports.ts'
import type { SpendUpkeep } from '../db/spend/spend-upkeep.ts'

export interface VerifyOptions {
  readonly reports: Pick<SpendReports, 'dayDrift' | 'totalDrift' | 'budgetDrift' | 'firstDay'>
  readonly upkeep: Pick<SpendUpkeep, 'keptFrom'>
  /** Days back from today; all days when undefined. */
  readonly days: number | undefined
  readonly now: number
}

export interface SpendVerdict {
  /** The days that were compared, both inclusive; undefined where there are none. */
  readonly from: string | undefined
  readonly to: string
  readonly daysCompared: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Empty: rows, daily sums, totals and budgets agree to the last digit. */
  readonly drifts: readonly SpendDrift[]
  /** There are more; these are enough to know. */
  readonly isCut: boolean
}

const KINDS: readonly SpendSubject[] = [
  'key',
  'user',
  'team',
  'team_member',
  'organization',
  'organization_member',
  'project',
  'customer',
  'tag',
  'model',
  'agent',
]
const DAY_MS = 86_400_000
const MOST = 1_000

/**
 * Compares rows with daily sums day by day, daily sums with totals, and totals with budgets. Days whose rows retention
 * has removed are left out of the first. Rejects with `ServiceUnavailableError`.
 */
export async function verifySpend({ reports, upkeep, days, now }: VerifyOptions): Promise<SpendVerdict> {
  const drifts: SpendDrift[] = []
  const add = (found: readonly SpendDrift[]) => void drifts.push(...found.slice(0, MOST + 1 - drifts.length))
  const to = dayOf(now)
  const first = await reports.firstDay()
  const wanted = days === undefined ? first : latest(first, dayOf(now - (days - 1) * DAY_MS))
  const from = wanted && latest(wanted, dayOf(await upkeep.keptFrom()))
  let daysCompared = 0
  for (let time = Date.parse(from ?? ''); time <= now && drifts.length <= MOST; time += DAY_MS) {
    add(await reports.dayDrift(dayOf(time)))
    daysCompared++
  }
  if (wanted !== undefined) for (const kind of KINDS) add(await reports.totalDrift(kind, wanted))
  add(await reports.budgetDrift())
  return { from, to, daysCompared, at: now, drifts: drifts.slice(0, MOST), isCut: drifts.length > MOST }
}

function latest(a: string | undefined, b: string): string | undefined {
  return a === undefined || a > b ? a : b
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
