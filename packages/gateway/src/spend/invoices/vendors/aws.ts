import { badRequest } from 'sluice/internal'
import { dayOf, has, listOf, requireUsd, textOf } from '../fields.ts'
import { type BilledLine, type InvoiceFormat, type InvoiceRecord, OTHER } from '../invoice-format.ts'

const REMEDY = 'Choose USD in the billing preferences of AWS, or export the Cost Explorer in USD.'

/**
 * Cost and Usage Report as CSV, both the old (`lineItem/UsageStartDate`) and CUR 2.0 (`line_item_usage_start_date`).
 * https://docs.aws.amazon.com/cur/latest/userguide/Lineitem-columns.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-understanding-cur-data.html
 */
const cur: InvoiceFormat = {
  name: 'aws-cur-csv',
  source: 'aws',
  kind: 'cost',
  matches: row => has(row, 'lineItem/UnblendedCost') && has(row, 'lineItem/UsageStartDate'),
  read(row) {
    const usage = textOf(row, 'lineItem/UsageType')
    const product = textOf(row, 'product/ProductName', 'product/product_name')
    const code = textOf(row, 'lineItem/ProductCode')
    const text = `${code} ${product} ${textOf(row, 'lineItem/LineItemDescription')}`
    const type = textOf(row, 'lineItem/LineItemType')
    if (!/bedrock/i.test(text) || !/^(Usage|DiscountedUsage|SavingsPlanCoveredUsage|)$/.test(type))
      return [OTHER]
    requireUsd(textOf(row, 'lineItem/CurrencyCode'), REMEDY)
    // Models of the marketplace have a product each; the others are told apart by the type of use.
    const model = textOf(row, 'product/model') || (/bedrock edition/i.test(product) ? product : usage)
    const usd = textOf(row, 'lineItem/UnblendedCost')
    return [{ day: dayOf(textOf(row, 'lineItem/UsageStartDate')), model, item: usage, usd }]
  },
}

/**
 * `aws ce get-cost-and-usage --granularity DAILY --metrics UnblendedCost --group-by Type=DIMENSION,Key=USAGE_TYPE`, best
 * with a filter on the services of Bedrock, or with SERVICE as the other group.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
const costExplorer: InvoiceFormat = {
  name: 'aws-cost-explorer-json',
  source: 'aws',
  kind: 'cost',
  matches: page => has(page, 'ResultsByTime'),
  read: page =>
    listOf(page['ResultsByTime']).flatMap(period => {
      const day = dayOf(textOf(period, 'TimePeriod.Start'))
      if (lengthOfDays(period) > 1)
        throw badRequest(
          'The periods of this export are longer than a day. Ask the Cost Explorer with --granularity DAILY.',
          'file',
        )
      return listOf(period['Groups']).map(group => groupLine(group, day))
    }),
}

export const awsFormats: readonly InvoiceFormat[] = [cur, costExplorer]

function lengthOfDays(period: InvoiceRecord): number {
  const span = Date.parse(textOf(period, 'TimePeriod.End')) - Date.parse(textOf(period, 'TimePeriod.Start'))
  return span / 86_400_000
}

function groupLine(group: InvoiceRecord, day: string): BilledLine | typeof OTHER {
  const keys = Array.isArray(group['Keys']) ? group['Keys'].map(String) : []
  const metrics = Object.values((group['Metrics'] ?? {}) as Record<string, InvoiceRecord>)
  const cost = metrics.find(metric => textOf(metric, 'Unit').length === 3)
  const service = keys.find(key => /\(Amazon Bedrock Edition\)/i.test(key))
  const usage =
    keys.find(key => /token|bedrock|image|embed|MP:/i.test(key) && key !== service) ?? keys.at(-1) ?? ''
  if (cost === undefined || !/token|bedrock|MP:/i.test(keys.join(' '))) return OTHER
  requireUsd(textOf(cost, 'Unit'), REMEDY)
  return { day, model: service ?? usage, item: usage, usd: textOf(cost, 'Amount') }
}
