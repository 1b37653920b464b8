import { describe, expect, test } from 'vitest'
import { RowSplitter } from './row-splitter.ts'

/** What is found in the text, given in pieces of so many bytes. */
function found(text: string, size = 1_000_000): unknown[] {
  const splitter = new RowSplitter()
  const bytes = Buffer.from(text)
  const rows = []
  for (let at = 0; at < bytes.length; at += size) rows.push(...splitter.push(bytes.subarray(at, at + size)))
  rows.push(...splitter.end())
  return rows.map(row => ('text' in row ? [row.line, JSON.parse(row.text)] : [row.line, row.problem]))
}

const a = { id: 'a', text: 'brackets ]} and "quotes" \\ and \n lines', list: [{ data: [1] }] }
const b = { id: 'b', nested: { data: { x: [] } } }

describe.each([1_000_000, 7, 1])('in pieces of %i bytes', size => {
  test('JSON Lines', () => {
    const text = `${JSON.stringify(a)}\n\n${JSON.stringify(b)}\r\n`
    expect(found(text, size)).toEqual([
      [1, a],
      [3, b],
    ])
  })

  test('an array, pretty or not, and several one after another', () => {
    expect(found(JSON.stringify([a, b]), size)).toEqual([
      [1, a],
      [1, b],
    ])
    expect(found(JSON.stringify([a, b], null, 2), size).map(row => (row as unknown[])[1])).toEqual([a, b])
    expect(found(`${JSON.stringify([a])}\n${JSON.stringify([b])}\n`, size)).toEqual([
      [1, a],
      [2, b],
    ])
  })

  test('objects over several lines, one after another', () => {
    const text = `${JSON.stringify(a, null, 2)}\n${JSON.stringify(b, null, 2)}`
    expect(found(text, size).map(row => (row as unknown[])[1])).toEqual([a, b])
  })

  test('a page is the rows of its data, wherever that stands in it', () => {
    expect(found(JSON.stringify({ data: [a, b], total: 2, page: 1 }), size)).toEqual([
      [1, a],
      [1, b],
    ])
    expect(
      found(JSON.stringify({ total: 2, data: [a, b] }, null, 1), size).map(row => (row as unknown[])[1]),
    ).toEqual([a, b])
    expect(found(`${JSON.stringify({ data: [a] })}\n${JSON.stringify({ data: [b] })}`, size)).toEqual([
      [1, a],
      [2, b],
    ])
  })
})

describe('what is broken is told with its line, and takes nothing else along:', () => {
  const line = JSON.stringify(a)
  test('a row that ends too soon', () => {
    expect(found(`${line}\n{"id": {"x": 1\n${line}`)).toEqual([
      [1, a],
      [2, 'it is not finished when its line ends'],
      [3, a],
    ])
  })

  test('a row that ends inside a text', () => {
    expect(found(`${line}\n{"id": "x\n${line}`)).toEqual([
      [1, a],
      [2, 'it is not finished when its line ends'],
      [3, a],
    ])
  })

  test('something else between rows', () => {
    expect(found(`(2 rows)\n${line}\nhello "there" {\n${line}`)).toEqual([
      [1, 'it is not JSON'],
      [2, a],
      [3, 'it is not JSON'],
      [4, a],
    ])
  })

  test('a file that was cut off', () => {
    expect(found(`[${line},\n{"id": "b"`)).toEqual([
      [1, a],
      [2, 'the file ends inside this row'],
    ])
  })
})

test('an empty file has no rows', () => {
  for (const text of ['', '\n\n', '[]', '{"data": []}', '\uFEFF']) expect(found(text)).toEqual([])
})
