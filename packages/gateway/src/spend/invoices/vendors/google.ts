import { dayOf, has, requireUsd, textOf } from '../fields.ts'
import { type InvoiceFormat, OTHER } from '../invoice-format.ts'

const SERVICES = /vertex ai|gemini api|generative language|cloud machine learning engine/i
const REMEDY =
  'Select the cost in dollars from BigQuery, for example `cost / currency_conversion_rate AS cost, "USD" AS currency`.'

/**
 * Rows of the Cloud Billing export in BigQuery, as CSV (columns such as `service.description` or `service_description`) or as
 * JSON with nested objects. Costs are those before credits.
 * https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage
 */
const billing: InvoiceFormat = {
  name: 'google-billing-export',
  source: 'google',
  kind: 'cost',
  matches: row => has(row, 'sku.description') && has(row, 'usage_start_time') && has(row, 'cost'),
  read(row) {
    const type = textOf(row, 'cost_type')
    const service = textOf(row, 'service.description')
    if ((type !== '' && type !== 'regular') || !SERVICES.test(service)) return [OTHER]
    requireUsd(textOf(row, 'currency'), REMEDY)
    const sku = textOf(row, 'sku.description')
    return [{ day: dayOf(textOf(row, 'usage_start_time')), model: sku, item: sku, usd: textOf(row, 'cost') }]
  },
}

export const googleFormats: readonly InvoiceFormat[] = [billing]
