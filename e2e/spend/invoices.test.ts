import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, startRig } from '../gateway.ts'
import { run } from '../start/command.ts'

const rig = await startRig()
afterAll(() => rig.close())
const { dataDirectory } = rig.gateway
const messages = [{ role: 'user', content: 'Hello there' }]

interface Report {
  readonly totals: { readonly our_spend: number }
  readonly rows: readonly object[]
  readonly calls?: { readonly total: number }
}

test("OpenAI's bill, imported from the command line beside a running gateway, meets the calls that it made", async () => {
  for (let i = 0; i < 3; i++)
    await post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages }, rig.gateway.masterKey)
  const today = new Date().toISOString().slice(0, 10)
  const ours = await eventually('the calls are in the database', async () => {
    const rows = (await (await rig.admin('/spend/logs?summarize=false')).json()) as { spend: number }[]
    return rows.length === 3 && rows.reduce((sum, row) => sum + row.spend, 0)
  })
  const theirs = ours + 0.5
  const bill = `start_time_iso,amount_value,amount_currency,line_item
${today}T00:00:00+00:00,${theirs.toFixed(12)},usd,"gpt-4o-2024-08-06, input"
${today}T00:00:00+00:00,0.25,usd,"gpt-image-1, output"
`
  const file = join(dataDirectory, 'costs.csv.gz')
  await writeFile(file, gzipSync(bill))
  const options = { cwd: dataDirectory }
  const imported = await run(['invoices', 'import', file, '--data-directory', dataDirectory], options)
  expect([imported.code, imported.err]).toEqual([0, ''])
  expect(imported.out).toContain(`openai-costs-csv, ${today} to ${today}: 2 lines about models`)

  const range = ['--source', 'openai', '--from', today, '--to', today]
  const told = await run(['invoices', 'report', ...range, '--data-directory', dataDirectory], options)
  expect(told.code).toBe(0)
  expect(told.out).toMatch(/0\.500000 .* gpt-4o\n/)
  expect(told.out).toMatch(/gpt-image-1 {2}not ours/)

  const query = `source=openai&start_date=${today}&end_date=${today}&date=${today}&model=gpt-4o`
  const report = (await (await rig.admin(`/spend/invoices/report?${query}`)).json()) as Report
  expect(report.totals.our_spend).toBeCloseTo(ours, 9)
  expect(report.rows).toMatchObject([
    { model: 'gpt-4o', match: 'both', difference: expect.closeTo(0.5, 8), our_requests: 3 },
    { model: 'gpt-image-1', match: 'only_theirs', their_spend: 0.25 },
  ])
  expect(report.calls?.total).toBe(3)
})
