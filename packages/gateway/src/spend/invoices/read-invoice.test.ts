import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readInvoice } from './read-invoice.ts'

/** Sent in pieces of seven bytes, so that nothing relies on where a chunk ends. */
function streamOf(text: string | Buffer): Readable {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
    bytes.subarray(i * 7, i * 7 + 7),
  )
  return Readable.from(pieces)
}

async function read(text: string | Buffer) {
  const { format, sums, lines, otherLines } = await readInvoice(streamOf(text))
  return { format: format.name, sums, lines, otherLines }
}

const zero = { inputTokens: 0, outputTokens: 0, requests: 0 }

/** https://platform.openai.com/docs/api-reference/usage/costs, read 2026-11-21. */
const OPENAI_COSTS = {
  object: 'page',
  data: [
    {
      object: 'bucket',
      start_time: 1_793_491_200,
      end_time: 1_793_577_600,
      results: [
        {
          ...{ object: 'organization.costs.result', amount: { value: 0.06, currency: 'usd' } },
          ...{ line_item: 'gpt-4o-2024-08-06, input', project_id: null },
        },
        {
          ...{ object: 'organization.costs.result', amount: { value: '0.04000000005', currency: 'usd' } },
          ...{ line_item: 'gpt-4o-2024-08-06, output', project_id: 'proj_1' },
        },
      ],
    },
    { object: 'bucket', start_time: 1_793_577_600, end_time: 1_793_664_000, results: [] },
  ],
  has_more: false,
  next_page: null,
}

describe('OpenAI', () => {
  const sums = [
    { day: '2026-11-01', model: 'gpt-4o-2024-08-06', item: 'input', spendNanoUsd: 60_000_000, ...zero },
    { day: '2026-11-01', model: 'gpt-4o-2024-08-06', item: 'output', spendNanoUsd: 40_000_000, ...zero },
  ]

  test.each([
    ['one page', JSON.stringify(OPENAI_COSTS)],
    ['one page, spread over lines', JSON.stringify(OPENAI_COSTS, null, 2)],
    ['a list of pages', JSON.stringify([OPENAI_COSTS])],
    ['a page on each line', `${JSON.stringify(OPENAI_COSTS)}\n`],
    ['gzip', gzipSync(JSON.stringify(OPENAI_COSTS))],
  ])('costs of the API, as %s', async (_, file) => {
    expect(await read(file)).toEqual({ format: 'openai-costs-json', sums, lines: 2, otherLines: 0 })
  })

  test('costs of the dashboard, days without costs among them', async () => {
    // The dashboard's export, as users show it; seen 2026-11-21.
    const file = `\uFEFFstart_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name
1793491200,1793577600,2026-11-01T00:00:00+00:00,2026-11-02T00:00:00+00:00,0.8958740000000000,usd,"gpt-5-mini, cached input",,org-1,"Me, Myself"
1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,,,,,,
`
    expect(await read(file)).toMatchObject({
      ...{ format: 'openai-costs-csv', lines: 1, otherLines: 1 },
      sums: [{ day: '2026-11-01', model: 'gpt-5-mini', item: 'cached input', spendNanoUsd: 895_874_000 }],
    })
  })

  test('usage, of the API and of the dashboard', async () => {
    const result = { object: 'organization.usage.completions.result', input_tokens: 1000, output_tokens: 500 }
    const page = {
      object: 'page',
      data: [
        {
          ...{ object: 'bucket', start_time: 1_793_491_200 },
          results: [{ ...result, num_model_requests: 5, model: 'gpt-4o' }],
        },
      ],
    }
    const usage = { day: '2026-11-01', model: 'gpt-4o', inputTokens: 1000, outputTokens: 500, requests: 5 }
    expect(await read(JSON.stringify(page))).toMatchObject({
      format: 'openai-usage-json',
      sums: [{ ...usage, spendNanoUsd: null }],
    })
    const csv = `start_time,start_time_iso,num_model_requests,model,input_tokens,output_tokens,input_cached_tokens
1793491200,2026-11-01T00:00:00+00:00,5,gpt-4o,1000,500,0
`
    expect(await read(csv)).toMatchObject({ format: 'openai-usage-csv', sums: [usage] })
  })
})

describe('Anthropic', () => {
  test('costs of the API are in cents', async () => {
    // https://platform.claude.com/docs/en/api/admin/cost_report, read 2026-11-21.
    const page = {
      data: [
        {
          starting_at: '2026-11-01T00:00:00Z',
          ending_at: '2026-11-02T00:00:00Z',
          results: [
            {
              ...{
                amount: '123.45678901',
                currency: 'USD',
                cost_type: 'tokens',
                token_type: 'output_tokens',
              },
              ...{
                model: 'claude-sonnet-4-5-20250929',
                description: 'Claude Sonnet 4.5 Usage - Output Tokens',
              },
            },
            {
              amount: '2',
              currency: 'USD',
              cost_type: 'web_search',
              model: null,
              description: 'Web Search Usage',
            },
          ],
        },
      ],
      has_more: false,
    }
    expect(await read(JSON.stringify(page))).toMatchObject({
      format: 'anthropic-cost-json',
      sums: [
        { model: 'claude-sonnet-4-5-20250929', item: 'output_tokens', spendNanoUsd: 1_234_567_890 },
        { model: 'web_search', spendNanoUsd: 20_000_000 },
      ],
    })
  })

  test('usage of the API: input is all that was read, from the cache too', async () => {
    const result = {
      ...{
        model: 'claude-sonnet-4-5-20250929',
        uncached_input_tokens: 100,
        cache_read_input_tokens: 20,
        output_tokens: 7,
      },
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    }
    const page = { data: [{ starting_at: '2026-11-01T00:00:00Z', results: [result] }] }
    expect(await read(JSON.stringify(page))).toMatchObject({
      format: 'anthropic-usage-json',
      sums: [{ day: '2026-11-01', inputTokens: 127, outputTokens: 7, spendNanoUsd: null }],
    })
  })

  test('costs and usage of the Console', async () => {
    const costs = `usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed
2026-11-01,Claude Sonnet 4.5,Default,key,message,≤ 200k,input_no_cache,0.01,0.01,token,,
2026-11-01,Claude Sonnet 4.5,Default,other,message,≤ 200k,input_no_cache,18.71,18.71,token,,
`
    expect(await read(costs)).toMatchObject({
      format: 'anthropic-cost-csv',
      sums: [
        {
          day: '2026-11-01',
          model: 'Claude Sonnet 4.5',
          item: 'input_no_cache',
          spendNanoUsd: 18_720_000_000,
        },
      ],
    })
    const usage = `usage_date_utc,model_version,api_key,workspace,usage_type,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count
2026-11-01,claude-haiku-4-5,k,Default,message,10,1,2,3,4,0
`
    expect(await read(usage)).toMatchObject({
      format: 'anthropic-usage-csv',
      sums: [{ model: 'claude-haiku-4-5', inputTokens: 16, outputTokens: 4 }],
    })
  })
})

describe('AWS', () => {
  test.each([
    [
      'of old',
      'identity/LineItemId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost,lineItem/CurrencyCode,lineItem/LineItemDescription,product/ProductName',
    ],
    [
      'CUR 2.0',
      'identity_line_item_id,line_item_line_item_type,line_item_usage_start_date,line_item_product_code,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_line_item_description,product_product_name',
    ],
  ])('Cost and Usage Report, %s: Bedrock alone, and no tax', async (_, header) => {
    const file = `${header}
1,Usage,2026-11-01T05:00:00Z,AmazonBedrock,USE1-NovaLite-input-tokens,0.0000000004,USD,$0.00006 per 1K input tokens,Amazon Bedrock
2,Usage,2026-11-01T06:00:00Z,AmazonBedrock,USE1-NovaLite-input-tokens,0.0000000004,USD,$0.00006 per 1K input tokens,Amazon Bedrock
3,Usage,2026-11-01T06:00:00Z,8ab3xyz,USE1-MP:USE1_OutputTokenCount-Units,1.25,USD,AWS Marketplace software usage,Claude Sonnet 4.5 (Amazon Bedrock Edition)
4,Tax,2026-11-01T00:00:00Z,AmazonBedrock,USE1-NovaLite-input-tokens,5,USD,Tax,Amazon Bedrock
5,Usage,2026-11-01T06:00:00Z,AmazonEC2,BoxUsage:t3.micro,9,USD,EC2,Amazon Elastic Compute Cloud
`
    expect(await read(file)).toMatchObject({
      ...{ format: 'aws-cur-csv', lines: 3, otherLines: 2 },
      sums: [
        { day: '2026-11-01', model: 'USE1-NovaLite-input-tokens', spendNanoUsd: 1 },
        { model: 'Claude Sonnet 4.5 (Amazon Bedrock Edition)', spendNanoUsd: 1_250_000_000 },
      ],
    })
  })

  test('Cost Explorer, by day', async () => {
    // https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html, read 2026-11-21.
    const page = (end: string) => ({
      ResultsByTime: [
        {
          TimePeriod: { Start: '2026-11-01', End: end },
          Groups: [
            {
              Keys: ['USE1-Claude4.5Sonnet-input-tokens'],
              Metrics: { UnblendedCost: { Amount: '0.75', Unit: 'USD' } },
            },
            { Keys: ['BoxUsage:t3.micro'], Metrics: { UnblendedCost: { Amount: '9', Unit: 'USD' } } },
          ],
        },
      ],
    })
    expect(await read(JSON.stringify(page('2026-11-02')))).toMatchObject({
      ...{ format: 'aws-cost-explorer-json', otherLines: 1 },
      sums: [{ day: '2026-11-01', model: 'USE1-Claude4.5Sonnet-input-tokens', spendNanoUsd: 750_000_000 }],
    })
    await expect(read(JSON.stringify(page('2026-12-01')))).rejects.toThrow('--granularity DAILY')
  })
})

describe('Google', () => {
  // https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage, read 2026-11-21.
  const row = {
    service: { id: '1', description: 'Vertex AI' },
    sku: { id: '2', description: 'Gemini 2.5 Flash Text Output - Predictions' },
    ...{ usage_start_time: '2026-11-01 07:00:00 UTC', cost: 0.5, currency: 'USD', cost_type: 'regular' },
    credits: [{ name: 'promotion', amount: -0.5 }],
  }
  const sums = [
    { day: '2026-11-01', model: 'Gemini 2.5 Flash Text Output - Predictions', spendNanoUsd: 500_000_000 },
  ]

  test('rows as JSON, one on each line, and as a list', async () => {
    const other = { ...row, service: { description: 'Compute Engine' } }
    const lines = `${JSON.stringify(row)}\n${JSON.stringify(other)}\n`
    expect(await read(lines)).toMatchObject({ format: 'google-billing-export', sums, otherLines: 1 })
    expect(await read(JSON.stringify([row, other]))).toMatchObject({ sums, otherLines: 1 })
  })

  test('rows as CSV', async () => {
    const file = `service_description,sku_description,usage_start_time,cost,currency
Vertex AI,Gemini 2.5 Flash Text Output - Predictions,2026-11-01 07:00:00+00,0.5,USD
`
    expect(await read(file)).toMatchObject({ sums })
  })

  test('another currency is refused by name, with a remedy', async () => {
    await expect(read(JSON.stringify({ ...row, currency: 'EUR' }))).rejects.toThrow(
      /in EUR; only US dollars .* currency_conversion_rate/,
    )
  })
})

describe('Azure', () => {
  // https://learn.microsoft.com/en-us/azure/cost-management-billing/dataset-schema/cost-usage-details-ea, read 2026-11-21.
  test('an Enterprise Agreement', async () => {
    const file = `Date,MeterCategory,MeterSubCategory,MeterName,ProductName,CostInBillingCurrency,BillingCurrencyCode,ChargeType
11/01/2026,Cognitive Services,Azure OpenAI,gpt-4o 1120 Inp glbl Tokens,Azure OpenAI,0.25,USD,Usage
11/01/2026,Virtual Machines,Dv3,D2 v3,Virtual Machines,9,USD,Usage
`
    expect(await read(file)).toMatchObject({
      ...{ format: 'azure-cost-details-csv', lines: 1, otherLines: 1 },
      sums: [{ day: '2026-11-01', model: 'gpt-4o 1120 Inp glbl Tokens', spendNanoUsd: 250_000_000 }],
    })
  })

  test('a Microsoft Customer Agreement bills in euros and says dollars too', async () => {
    const header =
      'date,meterCategory,meterSubCategory,meterName,costInBillingCurrency,billingCurrency,chargeType'
    const row = '2026-11-01,Cognitive Services,Azure OpenAI,gpt 4.1 Outp glbl Tokens,0.23,EUR,Usage'
    expect(await read(`${header},costInUsd\n${row},0.25\n`)).toMatchObject({
      sums: [{ spendNanoUsd: 250_000_000 }],
    })
    await expect(read(`${header}\n${row}\n`)).rejects.toThrow(/in EUR.*costInUsd/)
  })
})

describe('files that are none', () => {
  test.each([
    ['an unknown CSV', 'a,b\n1,2\n', 'no export that is known'],
    ['an unknown JSON', '{"a":1}', 'no export that is known'],
    ['broken JSON', '{"a":', 'no JSON'],
    ['a list of numbers', '[1,2]', 'no JSON'],
    ['nothing', '', 'no export that is known'],
    ['an open quote', 'start_time,amount_value\n1,"2\n', 'no CSV'],
    ['an amount in words', 'start_time,amount_value,line_item\n1793491200,much,x\n', "'much' is no amount"],
    ['a date in words', 'start_time,amount_value,line_item\nsoon,1,x\n', "'soon' is no date"],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), ''],
  ])('%s', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message)
  })
})

test('rows by the hundred thousand are read without being kept', async () => {
  function* rows() {
    yield 'start_time,amount_value,amount_currency,line_item\n'
    for (let chunk = 0; chunk < 200; chunk++)
      yield '1793491200,0.000000001,usd,"gpt-4o, input"\n'.repeat(1_000)
  }
  const before = process.memoryUsage().heapUsed
  const { sums, lines } = await readInvoice(Readable.from(rows(), { objectMode: false }))
  expect(lines).toBe(200_000)
  expect(sums).toMatchObject([{ spendNanoUsd: 200_000 }])
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024)
}, 60_000)
