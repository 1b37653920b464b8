import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Bar } from '../bars.ts'
import type { Results } from '../results.ts'

const directory = join(import.meta.dirname, '../results')

/** Writes a run's report and its numbers under the run's date; a second run of a day replaces the first. */
export async function save(results: Results, bars: readonly Bar[], report: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, results.date.slice(0, 10))
  await writeFile(`${path}.md`, report)
  await writeFile(`${path}.json`, `${JSON.stringify({ ...results, bars }, null, 2)}\n`)
  return relative(process.cwd(), `${path}.md`)
}
