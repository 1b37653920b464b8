import { describe, expect, test } from 'vitest'
import { columns, sheets } from './testing/columns.ts'
import { printSheet } from './testing/print-sheet.ts'
import { REPLIES } from './testing/replies/all.ts'
import { REFUSALS } from './testing/replies/refusals.ts'
import { tellClient, tellRefusal } from './testing/tell-client.ts'

const endpointNames = [...new Set(columns.map(({ endpoint }) => endpoint))]

describe.each(endpointNames)('%s', endpoint => {
  const formats = Object.entries(REPLIES[endpoint])

  test('every reply reaches a client as recorded', async () => {
    const shown = Object.fromEntries(
      formats.map(([format, { from, replies }]) => [
        format,
        {
          from,
          ...Object.fromEntries(
            Object.entries(replies).map(([name, told]) => [name, tellClient(endpoint, format, told)]),
          ),
        },
      ]),
    )
    await expect(printSheet(shown)).toMatchFileSnapshot(`./__snapshots__/replies/${endpoint}.json`)
  })

  test('every format has replies, and no replies are left of a format that is gone', () => {
    const own = [...sheets.values()].flatMap(([first]) =>
      first?.endpoint === endpoint ? [first.format] : [],
    )
    expect(formats.map(([format]) => format).sort()).toEqual(own.sort())
    for (const [, { replies }] of formats) expect(Object.keys(replies).length).toBeGreaterThanOrEqual(2)
  })
})

test('every refusal reaches a client as recorded', async () => {
  const shown = REFUSALS.map(told => ({
    from: `${told.provider ?? told.sheet}, ${told.status}: ${JSON.stringify(told.body)}`,
    ...(tellRefusal(told) as object),
  }))
  await expect(printSheet(shown)).toMatchFileSnapshot('./__snapshots__/replies/refusals.json')
})
