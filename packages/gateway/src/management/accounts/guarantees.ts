import { badRequest } from 'sluice/internal'
import type { Settings } from '../../config/settings.ts'
import type { Limits } from '../../db/rows.ts'
import { ratesOf } from '../../limits/subjects/priority-subjects.ts'

/** Whoever states rates. */
export type Rated = Pick<Limits, 'rpmLimit' | 'tpmLimit' | 'moreLimits'>

/** A rate that is promised (`guaranteed_throughput`): of everything, or of one model. */
export interface Guarantee {
  /** As the request names it. */
  readonly field: string
  readonly rate: 'rpm' | 'tpm'
  readonly model: string | undefined
  readonly amount: number
}

/** Who has promised how much, and whose rates must hold all of it. */
export interface Promises {
  /** Such as `the team guarantees`. */
  readonly who: string
  /** Rows of all others that promise something out of the same. */
  readonly others: readonly Rated[]
  /** Undefined or null: nothing is known to end there. */
  readonly most: (guarantee: Guarantee) => number | null | undefined
}

const RATES = [
  { rate: 'rpm', column: 'rpmLimit', type: 'rpm_limit_type', perModel: 'model_rpm_limit' },
  { rate: 'tpm', column: 'tpmLimit', type: 'tpm_limit_type', perModel: 'model_tpm_limit' },
] as const
const GUARANTEED = 'guaranteed_throughput'

/** Rows that promise something are read a page at a time, and so many pages at most. */
export const GUARANTEES_AT_ONCE = 1_000
const MOST_PAGES = 20

/** What somebody is promised. */
export function guaranteesOf(row: Rated): readonly Guarantee[] {
  return RATES.flatMap(({ rate, column, type, perModel }) => {
    if (row.moreLimits[type] !== GUARANTEED) return []
    const whole = row[column]
    const models = Object.entries(row.moreLimits[perModel] ?? {})
    return [
      ...(whole === null ? [] : [{ field: `${rate}_limit`, rate, model: undefined, amount: whole }]),
      ...models.map(([model, amount]) => ({ field: `${perModel}.${model}`, rate, model, amount })),
    ]
  })
}

/**
 * What is promised on top of before; `before`: undefined for somebody new or moved. Throws `BadRequestError` for a
 * pattern: which models it means is known when they are called.
 */
export function newGuarantees(before: Rated | undefined, after: Rated): readonly Guarantee[] {
  const known = before === undefined ? [] : guaranteesOf(before)
  const added = guaranteesOf(after).filter(
    ({ field, amount }) => !known.some(each => each.field === field && each.amount >= amount),
  )
  const pattern = added.find(({ model }) => model?.includes('*'))
  if (pattern === undefined) return added
  throw badRequest(
    `${pattern.field}: a rate is guaranteed for a model, not for a pattern. Name the models, or use best_effort_throughput.`,
    pattern.field,
  )
}

/** Throws `BadRequestError`, naming the sum, when more would be promised than there is. */
export function checkPromises(wanted: readonly Guarantee[], { who, others, most }: Promises): void {
  const promised = others.flatMap(guaranteesOf)
  for (const guarantee of wanted) {
    const there = most(guarantee)
    if (there == null) continue
    const { field, rate, model, amount } = guarantee
    let sum = amount
    for (const each of promised) if (each.rate === rate && each.model === model) sum += each.amount
    if (sum <= there) continue
    throw badRequest(
      `${field}: ${who} ${sum} with this, and there is ${there}. Lower it, have the other raised, or use best_effort_throughput.`,
      field,
    )
  }
}

/** The rates of a row for a guarantee: of the model where it states one, else of everything. */
export function rateOf(row: Rated, { rate, model }: Guarantee): number | null {
  const facts = RATES.find(each => each.rate === rate) ?? RATES[0]
  const own = model === undefined ? undefined : row.moreLimits[facts.perModel]?.[model]
  return own ?? row[facts.column]
}

/** What the deployments of a guarantee's model can do together, where each of them states it. */
export function rateOfModel({ deployments }: Settings, { rate, model }: Guarantee): number | undefined {
  return model === undefined ? undefined : ratesOf(deployments.filter(({ group }) => group === model))[rate]
}

/** All rows of a list that is read page by page. Throws `BadRequestError` where there are more than can be added up. */
export async function allOf<Row>(
  read: (page: number) => Promise<{ readonly rows: readonly Row[] }>,
): Promise<readonly Row[]> {
  const found: Row[] = []
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows } = await read(page)
    found.push(...rows)
    if (rows.length < GUARANTEES_AT_ONCE) return found
  }
  throw badRequest(
    `rpm_limit_type: more than ${MOST_PAGES * GUARANTEES_AT_ONCE} rates are guaranteed already. Use best_effort_throughput.`,
    'rpm_limit_type',
  )
}
