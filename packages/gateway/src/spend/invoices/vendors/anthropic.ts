import { readDecimal } from '../decimal.ts'
import { countOf, dayOf, has, listOf, requireUsd, textOf } from '../fields.ts'
import { type BilledLine, type InvoiceFormat, type InvoiceRecord, OTHER } from '../invoice-format.ts'

const REMEDY = 'Anthropic bills in dollars; export the costs again.'

/**
 * `GET /v1/organizations/cost_report?group_by[]=description`; amounts are cents as decimal text.
 * https://platform.claude.com/docs/en/api/admin/cost_report
 */
const costJson: InvoiceFormat = {
  name: 'anthropic-cost-json',
  source: 'anthropic',
  kind: 'cost',
  matches: page => resultsOf(page).some(({ result }) => has(result, 'amount')),
  read: page => resultsOf(page).map(({ result, day }) => costLine(result, day)),
}

/**
 * `GET /v1/organizations/usage_report/messages?group_by[]=model`.
 * https://platform.claude.com/docs/en/api/admin/usage_report
 */
const usageJson: InvoiceFormat = {
  name: 'anthropic-usage-json',
  source: 'anthropic',
  kind: 'usage',
  matches: page => resultsOf(page).some(({ result }) => has(result, 'uncached_input_tokens')),
  read: page =>
    resultsOf(page).map(({ result, day }) =>
      usageLine(result, day, [
        'uncached_input_tokens',
        'cache_read_input_tokens',
        'cache_creation.ephemeral_5m_input_tokens',
        'cache_creation.ephemeral_1h_input_tokens',
        'output_tokens',
      ]),
    ),
}

/** The Console's export of its page of costs. https://support.claude.com/en/articles/9534590 */
const costCsv: InvoiceFormat = {
  name: 'anthropic-cost-csv',
  source: 'anthropic',
  kind: 'cost',
  matches: row => has(row, 'usage_date_utc') && has(row, 'cost_usd'),
  read(row) {
    const usd = textOf(row, 'cost_usd')
    if (usd === '') return [OTHER]
    const item = textOf(row, 'token_type', 'cost_type')
    return [
      { day: dayOf(textOf(row, 'usage_date_utc')), model: textOf(row, 'model', 'model_version'), item, usd },
    ]
  },
}

/** The Console's export of its page of usage. */
const usageCsv: InvoiceFormat = {
  name: 'anthropic-usage-csv',
  source: 'anthropic',
  kind: 'usage',
  matches: row => has(row, 'usage_date_utc') && has(row, 'usage_output_tokens'),
  read: row => [
    usageLine(row, dayOf(textOf(row, 'usage_date_utc')), [
      'usage_input_tokens_no_cache',
      'usage_input_tokens_cache_read',
      'usage_input_tokens_cache_write_5m',
      'usage_input_tokens_cache_write_1h',
      'usage_output_tokens',
    ]),
  ],
}

export const anthropicFormats: readonly InvoiceFormat[] = [costJson, usageJson, costCsv, usageCsv]

function resultsOf(page: InvoiceRecord) {
  return listOf(page['data']).flatMap(bucket => {
    const start = textOf(bucket, 'starting_at')
    return start === '' ? [] : listOf(bucket['results']).map(result => ({ result, day: dayOf(start) }))
  })
}

function costLine(record: InvoiceRecord, day: string): BilledLine | typeof OTHER {
  const cents = textOf(record, 'amount').trim()
  if (readDecimal(cents) === undefined) return OTHER
  requireUsd(textOf(record, 'currency'), REMEDY)
  const model = textOf(record, 'model', 'cost_type', 'description')
  return { day, model, item: textOf(record, 'token_type', 'description'), usd: `${cents}e-2` }
}

/** Our prompt tokens hold those that were cached, and so does the sum here; the last column is the output. */
function usageLine(
  record: InvoiceRecord,
  day: string,
  columns: readonly string[],
): BilledLine | typeof OTHER {
  const counts = columns.map(column => countOf(record, column))
  const outputTokens = counts.at(-1) ?? 0
  const inputTokens = counts.slice(0, -1).reduce((sum, count) => sum + count, 0)
  if (inputTokens + outputTokens === 0) return OTHER
  return { day, model: textOf(record, 'model', 'model_version'), item: '', inputTokens, outputTokens }
}
