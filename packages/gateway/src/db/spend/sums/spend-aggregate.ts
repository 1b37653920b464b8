import { memberId } from '../../accounts/member-id.ts'
import type { SpendSubject } from '../../database.ts'
import type { NewSpendRow } from '../../rows.ts'
import { isCostUnknown, type StoredSubjects, subjectsOfSpend } from '../spend-columns.ts'
import type {
  DailyDetailsTable,
  DailyTotalsTable,
  SpendSumColumns,
  SpendTotalsTable,
} from '../spend-tables.ts'

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

/** What details of a day are told apart by; the same object for the same names. */
type Place = Pick<DailyDetailsTable, 'api_key' | 'model' | 'model_group' | 'provider' | 'endpoint'>

/** What one subject has on one day. */
interface SubjectDay {
  readonly sums: SpendSumColumns
  readonly details: Map<Place, SpendSumColumns>
  lastActiveAt: number
}

/** Subjects by kind and id: short names are found faster than the long ones that they would make together. */
type Subjects<T> = Map<SpendSubject, Map<string, T>>

/** Between parts of a key: no stored text holds it, so that joining with it is unambiguous. */
const SEPARATOR = '\0'
const DAY_MS = 86_400_000

/** Sums rows up by subject; sorted by primary key, so that batches of several replicas never deadlock. */
export function aggregateSpend(rows: readonly NewSpendRow[]): SpendIncrements {
  const days = new Map<string, Subjects<SubjectDay>>()
  const places = new Map<string, Place>()
  for (const group of groupsOf(rows)) {
    const subjects = subjectsOfSpend(group.row)
    const ofKey = placeOf(places, subjects, subjects.apiKey)
    const ofModel = placeOf(places, subjects, '')
    const onDay = found(days, group.day, () => new Map<SpendSubject, Map<string, SubjectDay>>())
    for (const [kind, id, detail] of chargedSubjects(subjects)) {
      const ofKind = found(onDay, kind, () => new Map<string, SubjectDay>())
      const subject = found(ofKind, id, emptyDay)
      addSums(subject.sums, group.sums)
      subject.lastActiveAt = Math.max(subject.lastActiveAt, group.lastActiveAt)
      if (detail !== undefined)
        addSums(found(subject.details, detail === 'key' ? ofKey : ofModel, emptySums), group.sums)
    }
  }
  return increments(days, places)
}

function increments(
  days: ReadonlyMap<string, Subjects<SubjectDay>>,
  places: ReadonlyMap<string, Place>,
): SpendIncrements {
  const order = new Map(sorted(places).map(([, place], i) => [place, i]))
  const all: { kind: SpendSubject; day: string; id: string; subject: SubjectDay }[] = []
  for (const [day, kinds] of sorted(days))
    for (const [kind, subjects] of sorted(kinds))
      for (const [id, subject] of sorted(subjects)) all.push({ kind, day, id, subject })
  // By kind before day, and otherwise as they are.
  all.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
  const daily: DailyDetailsTable[] = []
  for (const { kind, day, id, subject } of all) {
    const details = [...subject.details]
    if (details.length > 1) details.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    for (const [place, sums] of details) daily.push({ kind, day, subject_id: id, ...place, ...sums })
  }
  return {
    daily,
    days: all.map(({ kind, day, id, subject }) => ({ kind, day, subject_id: id, ...subject.sums })),
    totals: totalsOf(all),
  }
}

function totalsOf(
  all: readonly { kind: SpendSubject; id: string; subject: SubjectDay }[],
): readonly SpendTotalsTable[] {
  const totals: Subjects<SpendTotalsTable> = new Map()
  for (const { kind, id, subject } of all) {
    const { sums, lastActiveAt } = subject
    const begin = { kind, subject_id: id, spend_nano_usd: 0, requests: 0, last_active_at: lastActiveAt }
    const total = found(
      found(totals, kind, () => new Map<string, SpendTotalsTable>()),
      id,
      () => begin,
    )
    total.spend_nano_usd += sums.spend_nano_usd
    total.requests += sums.requests
    total.last_active_at = Math.max(total.last_active_at, lastActiveAt)
  }
  return sorted(totals).flatMap(([, subjects]) => sorted(subjects).map(([, total]) => total))
}

function placeOf(places: Map<string, Place>, subjects: StoredSubjects, apiKey: string): Place {
  const { model, modelGroup, provider, endpoint } = subjects
  const key = [apiKey, model, modelGroup, provider, endpoint].join(SEPARATOR)
  return found(places, key, () => ({ api_key: apiKey, model, model_group: modelGroup, provider, endpoint }))
}

function emptyDay(): SubjectDay {
  return { sums: emptySums(), details: new Map(), lastActiveAt: 0 }
}

function found<K, V>(map: Map<K, V>, key: K, begin: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const begun = begin()
  map.set(key, begun)
  return begun
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

/** Everybody whose sums a call counts in. */
export function chargedSubjects(subjects: StoredSubjects): readonly Charged[] {
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

function sorted<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
