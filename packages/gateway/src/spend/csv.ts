/** What a cell may hold. */
export type Cell = string | number | boolean | null | undefined

/** Characters with which spreadsheets take text for a formula. */
const FORMULA = /^[\s]*[=+\-@\t\r|]/

/**
 * One line of RFC 4180, with its end. A text that a spreadsheet would run as a formula gets a quote before it; numbers
 * stay as they are.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
