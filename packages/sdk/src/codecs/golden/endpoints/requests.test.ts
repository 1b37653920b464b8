import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CASES } from './testing/cases/all.ts'
import { columns, sheets } from './testing/columns.ts'
import { encodeCase } from './testing/encode-case.ts'
import { printSheet } from './testing/print-sheet.ts'
import { sheetOf } from './testing/sheet-of.ts'

describe.each([...sheets])('%s', (name, own) => {
  test('every case is sent as recorded', async () => {
    await expect(printSheet(sheetOf(own))).toMatchFileSnapshot(`./__snapshots__/${name}.json`)
  })

  test('encoding leaves the request as it was, so that a fallback can encode it again', () => {
    for (const column of own)
      for (const asked of Object.values(CASES[column.endpoint])) {
        const before = structuredClone(asked)
        const first = encodeCase(column, asked)
        expect(structuredClone(asked)).toEqual(before)
        expect(encodeCase(column, asked)).toEqual(first)
      }
  })
})

test('every column asks for a model that its codec is chosen for', () => {
  const wrong = columns.filter(({ binding, model }) => binding.serves && !binding.serves(model))
  expect(wrong.map(({ provider, endpoint, format }) => `${provider.name} ${endpoint}: ${format}`)).toEqual([])
})

test('every codec is committed, and no sheet is left of one that is gone', () => {
  const recorded = readdirSync(new URL('__snapshots__', import.meta.url)).filter(name =>
    name.endsWith('.json'),
  )
  expect(recorded.sort()).toEqual([...sheets.keys()].map(name => `${name}.json`).sort())
})
