import type { TagBudget } from '../../config/settings.ts'
import type { LimitSubject } from '../limiter.ts'
import { countedBudget } from './counted-budget.ts'

const subjects = new WeakMap<TagBudget, LimitSubject>()

/**
 * The budgets that the configuration gives to tags of a call (`tag_budget_config`). They hold beside what a tag's own
 * row says, so their counters have a name of their own.
 */
export function tagBudgetSubjects(
  tags: readonly string[],
  budgets: ReadonlyMap<string, TagBudget>,
): readonly LimitSubject[] {
  if (tags.length === 0) return []
  const found = []
  for (const tag of new Set(tags)) {
    const budget = budgets.get(tag)
    if (budget !== undefined) found.push(subjectOf(tag, budget))
  }
  return found
}

function subjectOf(tag: string, setting: TagBudget): LimitSubject {
  let subject = subjects.get(setting)
  if (subject === undefined) {
    const { maxBudget, duration } = setting
    subject = Object.freeze<LimitSubject>({
      ...{ kind: 'tag', id: tag, label: tag },
      window: duration === undefined ? 'tag_budget_config' : `${duration} tag_budget_config`,
      budget: Object.freeze(countedBudget(maxBudget, duration)),
    })
    subjects.set(setting, subject)
  }
  return subject
}
