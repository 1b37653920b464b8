import { dayOf, has, requireUsd, textOf } from '../fields.ts'
import { type InvoiceFormat, OTHER } from '../invoice-format.ts'

const SERVICES =
  /openai|cognitive services|foundry|ai services|azure (ml|deepseek|mistral|llama|grok)|machine learning/i
const REMEDY =
  'Export the cost and usage details with the column costInUsd (Microsoft Customer Agreement has it).'

/**
 * Cost and usage details of Cost Management as CSV: Enterprise Agreement, Microsoft Customer Agreement and pay-as-you-go.
 * https://learn.microsoft.com/en-us/azure/cost-management-billing/dataset-schema/cost-usage-details-ea (…-mca,
 * …-pay-as-you-go)
 */
const details: InvoiceFormat = {
  name: 'azure-cost-details-csv',
  source: 'azure',
  kind: 'cost',
  matches: row =>
    has(row, 'MeterName') && has(row, 'costInUsd', 'CostInBillingCurrency', 'PreTaxCost', 'Cost'),
  read(row) {
    const place = `${textOf(row, 'MeterCategory')} ${textOf(row, 'MeterSubCategory')} ${textOf(row, 'ProductName')}`
    const charge = textOf(row, 'ChargeType')
    if (!SERVICES.test(place) || !/^(Usage|)$/i.test(charge)) return [OTHER]
    let usd = textOf(row, 'costInUsd')
    if (usd === '') {
      requireUsd(textOf(row, 'BillingCurrencyCode', 'BillingCurrency', 'Currency'), REMEDY)
      usd = textOf(row, 'CostInBillingCurrency', 'PreTaxCost', 'Cost')
    }
    const meter = textOf(row, 'MeterName')
    return [{ day: dayOf(textOf(row, 'Date', 'UsageDateTime')), model: meter, item: meter, usd }]
  },
}

export const azureFormats: readonly InvoiceFormat[] = [details]
