import { Family } from './exposition.ts'
import type { MetricFact } from './metric-source.ts'

/** What is told of one counter. */
interface Counted {
  readonly kind: string
  readonly id: string
  readonly label: string
  readonly model: string | undefined
  readonly window: string | undefined
  readonly spentNanoUsd: number | undefined
  readonly maxNanoUsd: number | undefined
}

/** What is counted of limits. */
export interface LimitCounts {
  /** True while counters are shared with other replicas; undefined where no Redis is configured. */
  isShared(): boolean | undefined
  /** Calls decided by this replica's share because Redis did not answer in time. */
  readonly decidedAlone: number
  snapshot(): Iterable<Counted>
}

export interface AlertCounts {
  readonly counts: Readonly<Record<string, number>>
}

/** Series of one family; subjects beyond are left out. */
const MOST_SERIES = 2_000

/** LiteLLM's gauges of what is left, by kind of subject. */
const GAUGES = {
  key: { name: 'litellm_remaining_api_key_budget_metric', labels: ['hashed_api_key', 'api_key_alias'] },
  team: { name: 'litellm_remaining_team_budget_metric', labels: ['team', 'team_alias'] },
  user: { name: 'litellm_remaining_user_budget_metric', labels: ['user', 'user_alias'] },
  organization: {
    name: 'litellm_remaining_org_budget_metric',
    labels: ['organization_id', 'organization_alias'],
  },
} as const

const LEFT = 'What is left of the budget in this period, US dollars, of subjects this replica has seen.'

/** Metrics of limits, for the reference. */
export const LIMIT_METRICS: readonly MetricFact[] = [
  ...Object.values(GAUGES).map(gauge => ({ ...gauge, help: LEFT, type: 'gauge' }) as const),
  {
    name: 'sluice_limits_shared',
    help: '1 while limits are counted together with other replicas through Redis, 0 while by shares.',
    type: 'gauge',
    labels: [],
  },
  {
    name: 'sluice_limits_alone_total',
    help: 'Calls decided by the share of this replica because Redis did not answer in time.',
    type: 'counter',
    labels: [],
  },
  {
    name: 'sluice_budget_alerts_total',
    help: 'Budgets of which somebody was told: past the soft budget, past 80 %, or spent.',
    type: 'counter',
    labels: ['event'],
  },
]

/** The same in Prometheus's text format; families without a series are left out. */
export function exposeLimits(limiter: LimitCounts, { counts }: AlertCounts): string {
  const families = new Map<string, { readonly family: Family; series: number }>()
  for (const counted of limiter.snapshot()) addLeft(families, counted)
  let text = [...families.values()].map(({ family }) => family.toString()).join('')
  const shared = limiter.isShared()
  if (shared !== undefined) {
    text += familyOf('sluice_limits_shared').sample({}, shared ? 1 : 0)
    text += familyOf('sluice_limits_alone_total').sample({}, limiter.decidedAlone)
  }
  const alerts = Object.entries(counts).filter(([, count]) => count > 0)
  if (alerts.length === 0) return text
  const family = familyOf('sluice_budget_alerts_total')
  for (const [event, count] of alerts) family.sample({ event }, count)
  return text + family.toString()
}

function addLeft(families: Map<string, { readonly family: Family; series: number }>, counted: Counted): void {
  const { kind, id, label, model, window, spentNanoUsd, maxNanoUsd } = counted
  const gauge = GAUGES[kind as keyof typeof GAUGES]
  if (gauge === undefined || model !== undefined || window !== undefined) return
  if (spentNanoUsd === undefined || maxNanoUsd === undefined || maxNanoUsd === Infinity) return
  let entry = families.get(kind)
  if (entry === undefined) families.set(kind, (entry = { family: familyOf(gauge.name), series: 0 }))
  if (entry.series++ >= MOST_SERIES) return
  const [idLabel, aliasLabel] = gauge.labels
  entry.family.sample({ [idLabel]: id, [aliasLabel]: label }, (maxNanoUsd - spentNanoUsd) / 1e9)
}

function familyOf(name: string): Family {
  const fact = LIMIT_METRICS.find(each => each.name === name) as MetricFact
  return new Family(fact.name, fact.help, fact.type)
}
