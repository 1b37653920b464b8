import { memberId } from '../../accounts/member-id.ts'
import type { SpendSubject } from '../../database.ts'
import type { NewSpendRow } from '../../rows.ts'
import type { DailyDetailsTable, DailyTotalsTable, SpendSumColumns, SpendTotalsTable } from '../../tables.ts'
import { isCostUnknown, type StoredSubjects, subjectsOfSpend } from '../spend-columns.ts'

/** What a batch of new rows adds to the aggregates. */
export interface SpendIncrements {
  readonly daily: readonly DailyDetailsTable[]
  readonly days: readonly DailyTotalsTable[]
  readonly totals: readonly SpendTotalsTable[]
}

/** Rows of one day that agree in all their subjects. */
interface Group {
  readonly row: NewSpendRow
  readonly day: string
  readonly sums: SpendSumColumns
  lastActiveAt: number
}

/** Between parts of a key: no stored text holds it, so that joining with it is unambiguous. */
const SEPARATOR = '\0'
const DAY_MS = 86_400_000

/** Sums rows up by subject; sorted by primary key, so that batches of several replicas never deadlock. */
export function aggregateSpend(rows: readonly NewSpendRow[]): SpendIncrements {
  const daily = new Map<string, DailyDetailsTable>()
  const days = new Map<string, DailyTotalsTable>()
  const totals = new Map<string, SpendTotalsTable>()
  for (const group of groupsOf(rows)) {
    const { day, sums } = group
    const subjects = subjectsOfSpend(group.row)
    const { apiKey, model, modelGroup, provider, endpoint } = subjects
    const answered = { model, model_group: modelGroup, provider, endpoint }
    const ofModel = Object.values(answered).join(SEPARATOR)
    const ofKey = apiKey + SEPARATOR + ofModel
    for (const [kind, id, detail] of kindsOf(subjects)) {
      const subject = `${kind}${SEPARATOR}${id}`
      const onDay = `${kind}${SEPARATOR}${day}${SEPARATOR}${id}`
      add(days, onDay, sums, () => ({ kind, day, subject_id: id, ...sums }))
      if (detail !== undefined) {
        const own = detail === 'key' ? apiKey : ''
        const key = `${onDay}${SEPARATOR}${detail === 'key' ? ofKey : ofModel}`
        add(daily, key, sums, () => ({ kind, day, subject_id: id, api_key: own, ...answered, ...sums }))
      }
      addToTotal(totals, subject, kind, id, group)
    }
  }
  return { daily: sorted(daily), days: sorted(days), totals: sorted(totals) }
}

function add<T extends SpendSumColumns>(
  to: Map<string, T>,
  key: string,
  sums: SpendSumColumns,
  begin: () => T,
): void {
  const known = to.get(key)
  if (known === undefined) to.set(key, begin())
  else addSums(known, sums)
}

/** Most rows of a batch resemble each other: folding those first makes the fan-out to subjects rare. */
function groupsOf(rows: readonly NewSpendRow[]): Iterable<Group> {
  const groups = new Map<string, Group>()
  const days = new Map<number, string>()
  for (const row of rows) {
    const day = dayOf(row.startTime, days)
    const key = day + subjectsKey(row)
    let group = groups.get(key)
    if (group === undefined) {
      group = { row, day, sums: emptySums(), lastActiveAt: 0 }
      groups.set(key, group)
    }
    addRow(group, row)
  }
  return groups.values()
}

/** Lengths first, so that no name can pass for the end of one and the start of another. */
function subjectsKey(row: NewSpendRow): string {
  const user = row.userId ?? ''
  const team = row.teamId ?? ''
  const organization = row.organizationId ?? ''
  const project = row.projectId ?? ''
  const customer = row.endUser ?? ''
  const provider = row.provider ?? ''
  const agent = row.agentId ?? ''
  const tags = row.requestTags.length === 0 ? '' : JSON.stringify(row.requestTags)
  const ends = `${row.apiKey.length} ${row.model.length} ${row.modelGroup.length} ${provider.length} ${user.length} ${team.length} ${organization.length} ${project.length} ${customer.length} ${agent.length} ${row.callType.length} `
  const people = row.apiKey + user + team + organization + project + customer + agent
  return ends + people + row.model + row.modelGroup + provider + row.callType + tags
}

function dayOf(time: number, days: Map<number, string>): string {
  const number = Math.floor(time / DAY_MS)
  let day = days.get(number)
  if (day === undefined) {
    day = new Date(time).toISOString().slice(0, 10)
    days.set(number, day)
  }
  return day
}

/** A subject, and what the details of its days are told apart by; undefined: it has none. */
type Charged = readonly [kind: SpendSubject, id: string, detail: 'key' | 'model' | undefined]

function kindsOf(subjects: StoredSubjects): readonly Charged[] {
  const { agentId } = subjects
  return [
    ['key', subjects.apiKey, 'key'],
    ['user', subjects.userId, 'key'],
    ['team', subjects.teamId, 'key'],
    ['organization', subjects.organizationId, 'key'],
    ...membershipsOf(subjects),
    ['customer', subjects.endUser, 'key'],
    ['model', subjects.model, 'model'],
    ...(agentId === '' ? [] : [['agent', agentId, 'key'] as const]),
    ...subjects.tags.map(tag => ['tag', tag, 'key'] as const),
  ]
}

/** A call of somebody in a team or an organization counts for the member too; of a project, for the project. */
function membershipsOf({ userId, teamId, organizationId, projectId }: StoredSubjects): readonly Charged[] {
  const found: Charged[] = []
  if (userId !== '' && teamId !== '') found.push(['team_member', memberId(teamId, userId), undefined])
  if (userId !== '' && organizationId !== '')
    found.push(['organization_member', memberId(organizationId, userId), undefined])
  if (projectId !== '') found.push(['project', projectId, 'key'])
  return found
}

function emptySums(): SpendSumColumns {
  return {
    spend_nano_usd: 0,
    unknown_cost_requests: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    requests: 0,
    failed_requests: 0,
    cache_hits: 0,
  }
}

function addRow(group: Group, row: NewSpendRow): void {
  const { sums } = group
  if (isCostUnknown(row)) sums.unknown_cost_requests++
  sums.spend_nano_usd += row.spendNanoUsd ?? 0
  sums.prompt_tokens += row.promptTokens
  sums.completion_tokens += row.completionTokens
  sums.cache_read_tokens += row.cacheReadTokens
  sums.cache_write_tokens += row.cacheWriteTokens
  sums.requests++
  if (row.status === 'failure') sums.failed_requests++
  if (row.cacheHit) sums.cache_hits++
  group.lastActiveAt = Math.max(group.lastActiveAt, row.startTime)
}

function addSums(into: SpendSumColumns, more: SpendSumColumns): void {
  into.spend_nano_usd += more.spend_nano_usd
  into.unknown_cost_requests += more.unknown_cost_requests
  into.prompt_tokens += more.prompt_tokens
  into.completion_tokens += more.completion_tokens
  into.cache_read_tokens += more.cache_read_tokens
  into.cache_write_tokens += more.cache_write_tokens
  into.requests += more.requests
  into.failed_requests += more.failed_requests
  into.cache_hits += more.cache_hits
}

function addToTotal(
  totals: Map<string, SpendTotalsTable>,
  key: string,
  kind: SpendSubject,
  id: string,
  group: Group,
): void {
  const { sums, lastActiveAt } = group
  const total = totals.get(key)
  if (total === undefined) {
    const { spend_nano_usd, requests } = sums
    totals.set(key, { kind, subject_id: id, spend_nano_usd, requests, last_active_at: lastActiveAt })
    return
  }
  total.spend_nano_usd += sums.spend_nano_usd
  total.requests += sums.requests
  total.last_active_at = Math.max(total.last_active_at, lastActiveAt)
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
