import type { MoreLimits } from '../../db/rows.ts'
import type { LimitSubject } from '../limiter.ts'
import { countedBudget } from './counted-budget.ts'

/** The counters of one owner that count single models: by their names, and by patterns such as `openai/*`. */
export class ModelLimits {
  readonly #named: ReadonlyMap<string, LimitSubject>
  /** The longest pattern first: it says most. */
  readonly #patterns: readonly { readonly starts: string; readonly ends: string; subject: LimitSubject }[]

  constructor(subjects: readonly LimitSubject[]) {
    const named = new Map<string, LimitSubject>()
    const patterns = []
    for (const subject of subjects) {
      const [starts = '', ends] = (subject.model ?? '').split('*')
      if (ends === undefined) named.set(starts, subject)
      else patterns.push({ starts, ends, subject })
    }
    this.#named = named
    this.#patterns = patterns.sort((a, b) => lengthOf(b) - lengthOf(a))
  }

  /** The counter of a model; a name comes before a pattern, and a model counts once. */
  of(model: string): LimitSubject | undefined {
    const named = this.#named.get(model) ?? this.#named.get(withoutProvider(model))
    if (named !== undefined || this.#patterns.length === 0) return named
    return this.#patterns.find(
      ({ starts, ends }) =>
        model.length >= starts.length + ends.length && model.startsWith(starts) && model.endsWith(ends),
    )?.subject
  }
}

/** One counter for each model that is named in somebody's limits. */
export function modelSubjects(
  name: Pick<LimitSubject, 'kind' | 'id' | 'label'>,
  limits: MoreLimits,
): readonly LimitSubject[] {
  const { model_max_budget = {}, model_rpm_limit = {}, model_tpm_limit = {} } = limits
  const { rpm_limit_type, tpm_limit_type } = limits
  const models = new Set(
    [model_max_budget, model_rpm_limit, model_tpm_limit].flatMap(each => Object.keys(each)),
  )
  return [...models].map(model => {
    const { max_budget, budget_duration, rpm_limit, tpm_limit } = model_max_budget[model] ?? {}
    return Object.freeze<LimitSubject>({
      ...name,
      model,
      rpm: model_rpm_limit[model] ?? rpm_limit ?? undefined,
      tpm: model_tpm_limit[model] ?? tpm_limit ?? undefined,
      budget: max_budget == null ? undefined : Object.freeze(countedBudget(max_budget, budget_duration)),
      ...(rpm_limit_type === 'dynamic' && { isRpmDynamic: true }),
      ...(tpm_limit_type === 'dynamic' && { isTpmDynamic: true }),
    })
  })
}

function lengthOf({ starts, ends }: { readonly starts: string; readonly ends: string }): number {
  return starts.length + ends.length
}

/** LiteLLM finds `openai/gpt-4o` under `gpt-4o` too. */
function withoutProvider(model: string): string {
  return model.slice(model.indexOf('/') + 1)
}
