import type { PrioritySettings } from '../../config/settings.ts'
import type { LimitSubject } from '../limiter.ts'

/** Requests and tokens a minute; undefined where a deployment states none. */
export interface ModelRates {
  readonly rpm: number | undefined
  readonly tpm: number | undefined
}

/**
 * The group as a whole, and the share of it that calls of one priority have. The whole always holds; shares are strict
 * once the whole is used up to `saturation`, and may be exceeded before. Nothing for a group without rates.
 */
export function prioritySubjects(
  priority: string | undefined,
  { model, rates }: { readonly model: string; readonly rates: () => ModelRates },
  { shares, defaultShare, saturation }: PrioritySettings,
): readonly LimitSubject[] {
  const { rpm, tpm } = rates()
  if (rpm === undefined && tpm === undefined) return []
  const share = shares.get(priority ?? '') ?? { type: 'percent', value: defaultShare }
  const part = (whole: number | undefined, type: 'rpm' | 'tpm') => {
    if (share.type === type) return share.value
    return whole === undefined || share.type !== 'percent' ? undefined : Math.floor(whole * share.value)
  }
  const label = priority ?? 'default'
  return [
    { kind: 'model', id: model, label: model, rpm, tpm },
    {
      ...{ kind: 'priority', id: label, label, model, strictFrom: saturation },
      ...{ rpm: part(rpm, 'rpm'), tpm: part(tpm, 'tpm') },
    },
  ]
}

/** What several deployments can do together; a rate counts where all of them state it. */
export function ratesOf(
  deployments: readonly { rpm?: number | undefined; tpm?: number | undefined }[],
): ModelRates {
  return { rpm: sumOf(deployments.map(each => each.rpm)), tpm: sumOf(deployments.map(each => each.tpm)) }
}

function sumOf(rates: readonly (number | undefined)[]): number | undefined {
  let sum = 0
  for (const rate of rates) {
    if (rate === undefined) return undefined
    sum += rate
  }
  return rates.length === 0 ? undefined : sum
}
