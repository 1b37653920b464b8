import { countOf, dayOf, has, listOf, requireUsd, textOf } from '../fields.ts'
import { type BilledLine, type InvoiceFormat, type InvoiceRecord, OTHER } from '../invoice-format.ts'

const REMEDY = 'OpenAI bills in dollars; export the costs again.'

/**
 * `GET /v1/organization/costs?group_by=line_item`: pages of daily buckets.
 * https://platform.openai.com/docs/api-reference/usage/costs
 */
const costsJson: InvoiceFormat = {
  name: 'openai-costs-json',
  source: 'openai',
  kind: 'cost',
  matches: page => resultsOf(page).some(({ result }) => has(result, 'amount')),
  read: page => resultsOf(page).map(({ result, day }) => costLine(result, day, 'amount.')),
}

/** The same as the dashboard's export has it: `amount_value`, `amount_currency`, `line_item`, a row for each. */
const costsCsv: InvoiceFormat = {
  name: 'openai-costs-csv',
  source: 'openai',
  kind: 'cost',
  matches: row => has(row, 'amount_value') && has(row, 'start_time', 'start_time_iso'),
  read: row => [costLine(row, dayOf(textOf(row, 'start_time_iso', 'start_time')), 'amount_')],
}

/**
 * `GET /v1/organization/usage/completions?group_by=model` and its siblings.
 * https://platform.openai.com/docs/api-reference/usage/completions
 */
const usageJson: InvoiceFormat = {
  name: 'openai-usage-json',
  source: 'openai',
  kind: 'usage',
  matches: page => resultsOf(page).some(({ result }) => has(result, 'num_model_requests')),
  read: page => resultsOf(page).map(({ result, day }) => usageLine(result, day)),
}

const usageCsv: InvoiceFormat = {
  name: 'openai-usage-csv',
  source: 'openai',
  kind: 'usage',
  matches: row => has(row, 'num_model_requests') && has(row, 'start_time', 'start_time_iso'),
  read: row => [usageLine(row, dayOf(textOf(row, 'start_time_iso', 'start_time')))],
}

export const openaiFormats: readonly InvoiceFormat[] = [costsJson, costsCsv, usageJson, usageCsv]

function resultsOf(page: InvoiceRecord) {
  return listOf(page['data']).flatMap(bucket => {
    const start = textOf(bucket, 'start_time')
    if (start === '') return []
    return listOf(bucket['results']).map(result => ({ result, day: dayOf(start) }))
  })
}

/** `gpt-4o-2024-08-06, cached input`: the model, then what of it. */
function costLine(record: InvoiceRecord, day: string, amount: string): BilledLine | typeof OTHER {
  const usd = textOf(record, `${amount}value`)
  if (usd === '') return OTHER
  requireUsd(textOf(record, `${amount}currency`), REMEDY)
  const [model = '', ...item] = textOf(record, 'line_item').split(',')
  return { day, model: model.trim(), item: item.join(',').trim(), usd }
}

function usageLine(record: InvoiceRecord, day: string): BilledLine | typeof OTHER {
  const requests = countOf(record, 'num_model_requests')
  const [inputTokens, outputTokens] = [countOf(record, 'input_tokens'), countOf(record, 'output_tokens')]
  if (requests + inputTokens + outputTokens === 0) return OTHER
  return { day, model: textOf(record, 'model'), item: '', inputTokens, outputTokens, requests }
}
