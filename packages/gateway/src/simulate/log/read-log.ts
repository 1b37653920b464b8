import { isJsonObject } from 'sluice/internal'
import type { Roster } from '../world/roster.ts'
import type { CallSpool } from './call-spool.ts'
import type { LeftOut } from './logged-call.ts'
import { readCall } from './read-call.ts'
import { type FoundRow, RowSplitter } from './row-splitter.ts'

/** What became of the rows of a log. */
export interface LogReport {
  rows: number
  /** Rows that could not be read, and the first of them with their lines. */
  unreadable: number
  readonly problems: { readonly line: number; readonly problem: string }[]
  readonly leftOut: Record<LeftOut, number>
}

const MOST_PROBLEMS = 5

/** Reads a log into the spool, and its deployments into the roster. `onRow` is told how many rows were read so far. */
export async function readLog(
  log: AsyncIterable<Buffer>,
  spool: CallSpool,
  roster: Roster,
  onRow: (rows: number) => void = () => {},
): Promise<LogReport> {
  const report: LogReport = {
    rows: 0,
    unreadable: 0,
    problems: [],
    leftOut: { cached: 0, refused: 0, left: 0, foreign: 0 },
  }
  const take = async (found: readonly FoundRow[]) => {
    for (const row of found) {
      report.rows++
      const read = 'problem' in row ? row : parse(row.text)
      if ('call' in read) {
        roster.see(read.call)
        await spool.add(read.call)
      } else if ('leftOut' in read) report.leftOut[read.leftOut]++
      else {
        report.unreadable++
        if (report.problems.length < MOST_PROBLEMS)
          report.problems.push({ line: row.line, problem: read.problem })
      }
    }
    onRow(report.rows)
  }
  const splitter = new RowSplitter()
  for await (const chunk of log) await take(splitter.push(chunk))
  await take(splitter.end())
  return report
}

function parse(text: string): ReturnType<typeof readCall> {
  try {
    const row: unknown = JSON.parse(text)
    return isJsonObject(row) ? readCall(row) : { problem: 'it is no object' }
  } catch {
    return { problem: 'it is not JSON' }
  }
}
