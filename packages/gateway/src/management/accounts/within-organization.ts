import { badRequest } from 'sluice/internal'
import { EVERY_MODEL } from '../../auth/model-layers.ts'
import type { AccountRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'

type Bounded = Pick<AccountRow, 'models' | 'maxBudgetNanoUsd' | 'tpmLimit' | 'rpmLimit'>

const LIMITS = [
  ['max_budget', 'maxBudgetNanoUsd', usdFromNano],
  ['tpm_limit', 'tpmLimit', Number],
  ['rpm_limit', 'rpmLimit', Number],
] as const

/**
 * Throws `BadRequestError` when somebody would have more than the organization, or team, it lies in: models, budget or
 * rates. Nobody's own limit is no more than that, because both hold for each call.
 */
export function checkWithin(inner: Bounded, outer: Bounded, noun: string, id: string): void {
  for (const [field, column, shown] of LIMITS) {
    const [least, most] = [inner[column], outer[column]]
    if (least === null || most === null || least <= most) continue
    throw badRequest(
      `${field}: ${shown(least)} exceeds the ${field} of ${shown(most)} that ${noun} '${id}' has. Lower it, or have the other raised first.`,
      field,
    )
  }
  if (outer.models.length === 0 || outer.models.some(model => EVERY_MODEL.has(model))) return
  const known = new Set(outer.models)
  const foreign = inner.models.filter(
    model => !known.has(model) && !EVERY_MODEL.has(model) && !isCovered(model, known),
  )
  if (foreign.length === 0) return
  throw badRequest(
    `models: ${foreign.join(', ')} not among the models of ${noun} '${id}': ${outer.models.join(', ')}.`,
    'models',
  )
}

/** By a provider's wildcard. */
function isCovered(model: string, known: ReadonlySet<string>): boolean {
  const slash = model.indexOf('/')
  return slash > 0 && known.has(`${model.slice(0, slash)}/*`)
}
