/**
 * Writes the parts of docs/reference that come from the code: `node -C @sluice/source tools/docs.ts --write`.
 * Without `--write` it names the pages that are out of date, and fails when there are any.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { pages, urlOf } from './docs/pages.ts'

const write = process.argv.includes('--write')
for (const page of pages) {
  const text = await readFile(urlOf(page), 'utf8')
  const wanted = await page.rewrite(text)
  if (wanted === text) continue
  if (write) await writeFile(urlOf(page), wanted)
  else process.exitCode = 1
  console.log(`docs/reference/${page.name} ${write ? 'written' : 'is out of date: run with --write'}`)
}
