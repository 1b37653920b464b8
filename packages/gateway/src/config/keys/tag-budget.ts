import { type Section, works } from './row.ts'
import { amount, duration } from './types.ts'

const TO = 'limits.tagBudgets'

/** What calls with one tag may spend. */
export const tagBudget = {
  name: 'litellm_settings.tag_budget_config.*',
  doc: 'What calls with one tag may spend.',
  rows: {
    max_budget: works(amount, 'Dollars in one period.', TO, { required: true }),
    budget_duration: works(duration, 'The period; without one the budget never resets.', TO),
  },
} as const satisfies Section
