import { modelKey } from './model-key.ts'

/** What we recorded of one model on one day. */
export interface OurDay {
  readonly day: string
  readonly provider: string
  readonly model: string
  readonly spendNanoUsd: number
  readonly unknownCostRequests: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly requests: number
  readonly failedRequests: number
}

/** What a bill says of one model on one day. */
export interface TheirDay {
  readonly day: string
  readonly model: string
  readonly item: string
  readonly kind: 'cost' | 'usage'
  readonly spendNanoUsd: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly requests: number
}

interface Amounts {
  spendNanoUsd: number
  inputTokens: number
  outputTokens: number
  requests: number
}

/** A day and a model, as both sides have it. */
export interface DriftRow {
  readonly day: string
  /** Ours, or theirs where we have none. */
  readonly model: string
  readonly ourModels: readonly string[]
  readonly theirModels: readonly string[]
  readonly match: 'both' | 'only_ours' | 'only_theirs'
  readonly ours: Readonly<Amounts> & { readonly unknownCostRequests: number; readonly failedRequests: number }
  /** Undefined where no bill of costs, or report of usage, covers the day. */
  readonly theirCost: number | undefined
  readonly theirUsage: Readonly<Amounts> | undefined
  readonly items: readonly { readonly item: string; readonly spendNanoUsd: number }[]
}

export interface DriftInput {
  readonly ours: readonly OurDay[]
  readonly theirs: readonly TheirDay[]
  /** Name on the bill → ours, for those that are not alike. */
  readonly names: ReadonlyMap<string, string>
  /** Days that imports of costs, and of usage, cover. */
  readonly covered: { readonly cost: ReadonlySet<string>; readonly usage: ReadonlySet<string> }
}

interface Group {
  readonly day: string
  readonly ourModels: Set<string>
  readonly theirModels: Set<string>
  readonly ours: Amounts & { unknownCostRequests: number; failedRequests: number }
  readonly cost: Map<string, number>
  readonly usage: Amounts
  hasCost: boolean
  hasUsage: boolean
}

/**
 * Matches a bill with our daily sums, by day and model: names count as the same when nothing but dates, regions, makers
 * and kinds of tokens differs. Every day that neither a bill nor a report covers is left out.
 */
export function driftOf({ ours, theirs, names, covered }: DriftInput): readonly DriftRow[] {
  const groups = new Map<string, Group>()
  for (const row of ours) {
    if (!covered.cost.has(row.day) && !covered.usage.has(row.day)) continue
    const group = groupAt(groups, row.day, modelKey(row.model) || row.model)
    group.ourModels.add(row.model)
    addAmounts(group.ours, row)
    group.ours.unknownCostRequests += row.unknownCostRequests
    group.ours.failedRequests += row.failedRequests
  }
  for (const row of theirs) {
    const named = names.get(row.model) ?? row.model
    const group = groupAt(groups, row.day, modelKey(named) || named)
    group.theirModels.add(row.model)
    if (row.kind === 'cost') {
      group.hasCost = true
      group.cost.set(row.item, (group.cost.get(row.item) ?? 0) + (row.spendNanoUsd ?? 0))
    } else {
      group.hasUsage = true
      addAmounts(group.usage, { ...row, spendNanoUsd: 0 })
    }
  }
  return [...groups.values()]
    .map(group => rowOf(group, covered))
    .sort((a, b) => (a.day === b.day ? compare(a.model, b.model) : compare(a.day, b.day)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function groupAt(groups: Map<string, Group>, day: string, key: string): Group {
  const id = `${day} ${key}`
  let group = groups.get(id)
  if (group === undefined) {
    group = {
      day,
      ...{ ourModels: new Set(), theirModels: new Set(), cost: new Map(), hasCost: false, hasUsage: false },
      ours: { ...none(), unknownCostRequests: 0, failedRequests: 0 },
      usage: none(),
    }
    groups.set(id, group)
  }
  return group
}

function none(): Amounts {
  return { spendNanoUsd: 0, inputTokens: 0, outputTokens: 0, requests: 0 }
}

function addAmounts(to: Amounts, from: Readonly<Amounts>): void {
  to.spendNanoUsd += from.spendNanoUsd
  to.inputTokens += from.inputTokens
  to.outputTokens += from.outputTokens
  to.requests += from.requests
}

function rowOf(group: Group, covered: DriftInput['covered']): DriftRow {
  const { day, ours, usage, cost } = group
  const [ourModels, theirModels] = [[...group.ourModels].sort(), [...group.theirModels].sort()]
  const hasCost = group.hasCost || covered.cost.has(day)
  const hasUsage = group.hasUsage || covered.usage.has(day)
  const billed = [...cost.values()].reduce((sum, nano) => sum + nano, 0)
  return {
    day,
    model: ourModels[0] ?? theirModels[0] ?? '',
    ...{ ourModels, theirModels, ours },
    match: ourModels.length === 0 ? 'only_theirs' : theirModels.length === 0 ? 'only_ours' : 'both',
    theirCost: hasCost ? billed : undefined,
    theirUsage: hasUsage ? usage : undefined,
    items: [...cost].map(([item, spendNanoUsd]) => ({ item, spendNanoUsd })),
  }
}
