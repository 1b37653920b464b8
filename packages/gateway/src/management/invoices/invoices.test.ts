import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { spendRow } from '../../db/testing/rows.ts'
import { MASTER_KEY, openTestOffice, type TestOffice } from '../testing/test-office.ts'

const HEAD = 'start_time_iso,amount_value,amount_currency,line_item\n'

function costs(...rows: readonly (readonly [day: string, usd: string, item: string])[]): string {
  return HEAD + rows.map(([day, usd, item]) => `${day}T00:00:00+00:00,${usd},usd,"${item}"\n`).join('')
}

eachDatabase("providers' bills", makePlace => {
  let office: TestOffice
  afterEach(() => office.app.close())

  async function opened() {
    const database = await makePlace().open()
    office = await openTestOffice(database)
    const at = (day: string, hour = 9) => Date.parse(`${day}T0${hour}:00:00Z`)
    const call = (id: string, day: string, more: object) => spendRow(id, { startTime: at(day), ...more })
    await database.spend.addBatch([
      call('a1', '2026-11-01', { model: 'gpt-4o', provider: 'openai', spendNanoUsd: 60_000_000 }),
      call('a2', '2026-11-01', { model: 'gpt-4o-2024-08-06', provider: 'openai', spendNanoUsd: 30_000_000 }),
      call('a3', '2026-11-01', { model: 'gpt-4o', provider: 'openai', spendNanoUsd: null }),
      call('a4', '2026-11-02', { model: 'gpt-5', provider: 'openai', spendNanoUsd: 7_000_000 }),
      call('a5', '2026-11-01', { model: 'gpt-4o', provider: 'azure', spendNanoUsd: 5_000_000 }),
      call('a6', '2026-11-09', { model: 'gpt-4o', provider: 'openai', spendNanoUsd: 1_000_000 }),
    ])
  }

  async function upload(file: string, query = '', key = MASTER_KEY) {
    const answer = await office.app.inject({
      ...{
        method: 'POST',
        url: `/spend/invoices?file_name=costs.csv${query}`,
        payload: Readable.from([file]),
      },
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
    })
    return { status: answer.statusCode, json: answer.json<Record<string, never>>() }
  }

  async function report(query = '') {
    const range = 'start_date=2026-11-01&end_date=2026-11-30'
    const { json } = await office.call('GET', `/spend/invoices/report?source=openai&${range}${query}`)
    return json as { rows: object[]; totals: object; calls?: { total: number; data: object[] } }
  }

  const BILL = costs(
    ['2026-11-01', '0.08', 'gpt-4o-2024-08-06, input'],
    ['2026-11-01', '0.02', 'gpt-4o-2024-08-06, output'],
    ['2026-11-02', '0.5', 'whisper-1'],
    ['2026-11-02', '0', 'gpt-4o-2024-08-06, input'],
  )

  test('ours and theirs meet by day and model; what only one side has is said', async () => {
    await opened()
    expect(await upload(BILL)).toMatchObject({
      status: 200,
      json: { imported: true, source: 'openai', start_date: '2026-11-01', end_date: '2026-11-02', lines: 4 },
    })
    const { rows, totals } = await report()
    expect(rows).toMatchObject([
      {
        ...{ date: '2026-11-01', model: 'gpt-4o', match: 'both', our_spend: 0.09, their_spend: 0.1 },
        ...{ our_models: ['gpt-4o', 'gpt-4o-2024-08-06'], their_models: ['gpt-4o-2024-08-06'] },
        ...{ difference: 0.01, percent: 10, unknown_cost_requests: 1, our_requests: 3, their_requests: null },
        items: [
          { item: 'input', spend: 0.08 },
          { item: 'output', spend: 0.02 },
        ],
      },
      { date: '2026-11-02', model: 'gpt-4o-2024-08-06', match: 'only_theirs', their_spend: 0 },
      {
        date: '2026-11-02',
        model: 'gpt-5',
        match: 'only_ours',
        our_spend: 0.007,
        their_spend: 0,
        percent: null,
      },
      { date: '2026-11-02', model: 'whisper-1', match: 'only_theirs', our_spend: 0, their_spend: 0.5 },
    ])
    expect(totals).toEqual({
      ...{ our_spend: 0.097, their_spend: 0.6, difference: 0.503, percent: 83.83, unknown_cost_requests: 1 },
      ...{ only_ours_spend: 0.007, only_ours_requests: 1, only_theirs_spend: 0.5 },
    })
  })

  test('the calls behind a row are shown', async () => {
    await opened()
    await upload(BILL)
    const { calls } = await report('&date=2026-11-01&model=gpt-4o&page_size=1')
    expect(calls).toMatchObject({ page: 1, page_size: 1, data: [{ model: 'gpt-4o' }] })
    expect((await report('&date=2026-11-02&model=gpt-5')).calls).toMatchObject({
      total: 1,
      data: [{ request_id: 'a4', spend: 0.007 }],
    })
    expect(
      (
        await office.call(
          'GET',
          '/spend/invoices/report?source=openai&start_date=2026-11-01&end_date=2026-11-02&model=x',
        )
      ).status,
    ).toBe(400)
  })

  test('the same file counts once; one of the same days is refused, replaces them, or adds to them', async () => {
    await opened()
    await upload(BILL)
    expect(await upload(BILL)).toMatchObject({ status: 200, json: { imported: false } })
    const later = costs(['2026-11-01', '0.2', 'gpt-4o, input'], ['2026-11-03', '0.1', 'gpt-4o, input'])
    const refused = await upload(later)
    expect(refused.status).toBe(409)
    expect(JSON.stringify(refused.json)).toContain('overlap=replace')
    expect((await report()).totals).toMatchObject({ their_spend: 0.6 })

    expect((await upload(later, '&account=second')).status).toBe(200)
    expect((await report()).totals).toMatchObject({ their_spend: 0.9 })
    expect((await report('&account=second')).totals).toMatchObject({ their_spend: 0.3 })

    const whole = costs(['2026-11-01', '1', 'gpt-4o, input'], ['2026-11-02', '1', 'gpt-4o, input'])
    expect((await upload(whole, '&overlap=replace')).status).toBe(200)
    expect((await report('&account=')).totals).toMatchObject({ their_spend: 2 })
    const part = costs(['2026-11-02', '0.5', 'gpt-4o, output'])
    expect((await upload(part, '&overlap=add')).status).toBe(200)
    expect((await report('&account=')).totals).toMatchObject({ their_spend: 2.5 })
    const { json } = await office.call('GET', '/spend/invoices')
    expect(json['data']).toHaveLength(3)
  })

  test('a name that is not alike is told, and a report of usage compares tokens', async () => {
    await opened()
    const bill = costs(['2026-11-01', '0.1', 'Flagship'])
    await upload(bill, `&name=${encodeURIComponent('Flagship=gpt-4o')}`)
    expect((await report()).rows).toMatchObject([{ match: 'both', model: 'gpt-4o', their_spend: 0.1 }])
    const usage =
      'start_time_iso,num_model_requests,model,input_tokens,output_tokens\n2026-11-01T00:00:00+00:00,4,gpt-4o,40,60\n'
    expect(await upload(usage)).toMatchObject({ status: 200, json: { kind: 'usage' } })
    expect((await report()).rows).toMatchObject([
      {
        our_requests: 3,
        their_requests: 4,
        our_input_tokens: 30,
        their_input_tokens: 40,
        their_output_tokens: 60,
      },
    ])
  })

  test('forgetting a bill, and who did what is in the audit log', async () => {
    await opened()
    const id = String((await upload(BILL)).json['id'])
    const answer = await office.app.inject({
      ...{ method: 'DELETE', url: `/spend/invoices/${id.slice(0, 12)}` },
      headers: { authorization: `Bearer ${MASTER_KEY}` },
    })
    expect(answer.json()).toEqual({ deleted: id })
    expect((await report()).rows).toEqual([])
    const { json } = await office.call('GET', `/audit?object_id=${id}`)
    expect(json['audit_logs']).toMatchObject([{ action: 'deleted' }, { action: 'created' }])
  })

  test('what is no bill is refused and leaves nothing', async () => {
    await opened()
    expect((await upload('a,b\n1,2\n')).status).toBe(400)
    expect((await upload(HEAD)).status).toBe(400)
    expect((await upload(BILL.replaceAll('usd', 'eur'))).json).toMatchObject({
      error: { message: expect.stringContaining('EUR') },
    })
    expect((await upload(BILL, '&name=x')).status).toBe(400)
    const { key } = await office.call('POST', '/key/generate', {})
    expect((await upload(BILL, '', key)).status).toBe(403)
    expect((await office.call('GET', '/spend/invoices')).json['data']).toEqual([])
  })
})
