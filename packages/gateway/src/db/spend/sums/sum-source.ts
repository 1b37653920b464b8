import type { SpendSubject } from '../../database.ts'
import type { SpendDimension, SpendSumsQuery } from '../reading/read-sums.ts'
import type { DailyDetailsTable } from '../spend-tables.ts'

/** Where a report's sums are read, and the columns of its dimensions there. */
export interface SumSource {
  readonly table: 'daily_details' | 'daily_totals'
  readonly kind: SpendSubject
  readonly columns: Readonly<Record<SpendDimension, keyof DailyDetailsTable>>
}

const COLUMNS = {
  day: 'day',
  id: 'subject_id',
  apiKey: 'api_key',
  model: 'model',
  modelGroup: 'model_group',
  provider: 'provider',
  endpoint: 'endpoint',
} as const satisfies SumSource['columns']

const ANSWERED: readonly SpendDimension[] = ['model', 'modelGroup', 'provider', 'endpoint']

/** The smallest sums that can answer: totals of days where no detail is asked for, models' where no key is. */
export function sumSourceOf(query: Omit<SpendSumsQuery, 'from' | 'to'>): SumSource {
  const { subject, by, ids, exceptIds, apiKeys, model } = query
  const ofKeys = by.includes('apiKey') || apiKeys !== undefined
  const ofModels = model !== undefined || by.some(name => ANSWERED.includes(name))
  const table = ofModels ? 'daily_details' : 'daily_totals'
  if (subject === 'key') {
    const ofSome = ofKeys || by.includes('id') || ids !== undefined || exceptIds !== undefined
    // Every call has a key and a model, and there are fewer models.
    return { table, kind: ofSome ? 'key' : 'model', columns: { ...COLUMNS, apiKey: 'subject_id' } }
  }
  if (subject === 'model' && ofKeys)
    return { table: 'daily_details', kind: 'key', columns: { ...COLUMNS, id: 'model' } }
  return { table: ofKeys ? 'daily_details' : table, kind: subject, columns: COLUMNS }
}
