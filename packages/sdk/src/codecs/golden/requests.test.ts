import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CHAT_CASES } from './testing/chat-cases.ts'
import { columns, encodeCase } from './testing/columns.ts'

test('there are at least sixty cases', () => {
  expect(Object.keys(CHAT_CASES).length).toBeGreaterThanOrEqual(60)
})

describe.each(columns.map(column => [column.format, column] as const))('%s', (format, column) => {
  test('every case is sent as recorded', async () => {
    const sent = Object.fromEntries(
      Object.entries(CHAT_CASES).map(([name, asked]) => [name, encodeCase(column, asked)]),
    )
    await expect(`${JSON.stringify(sent, null, 2)}\n`).toMatchFileSnapshot(
      `./__snapshots__/requests-${format}.json`,
    )
  })

  test('encoding leaves the request as it was, so that a fallback can encode it again', () => {
    for (const asked of Object.values(CHAT_CASES)) {
      const before = structuredClone(asked)
      const first = encodeCase(column, asked)
      expect(asked).toEqual(before)
      expect(encodeCase(column, asked)).toEqual(first)
    }
  })
})

test('every column is committed, and no column is left of a codec that is gone', () => {
  const recorded = readdirSync(new URL('__snapshots__', import.meta.url)).filter(name =>
    name.startsWith('requests-'),
  )
  expect(recorded.sort()).toEqual(columns.map(({ format }) => `requests-${format}.json`).sort())
})
