import { readFile } from 'node:fs/promises'
import type { Catalogue } from 'sluice/internal'
import type { PriceSettings } from './config/settings.ts'
import type { Log } from './db/log.ts'
import { fetchText } from './http/fetch-text.ts'

/** Lays the configured LiteLLM-shaped price file over the catalogue. A bad file is refused whole and said so. */
export async function loadPrices(catalogue: Catalogue, { file }: PriceSettings, log: Log): Promise<void> {
  if (file === undefined) return
  try {
    const text = /^https?:\/\//.test(file) ? await fetchText(file) : await readFile(file, 'utf8')
    const report = catalogue.loadPriceFile(JSON.parse(text), file)
    if (report.ok) log.info({ file, models: report.models }, 'price file loaded')
    else log.error({ file, problem: report.reason }, 'price file refused; the last good prices stay')
  } catch (error) {
    log.error(
      { file, reason: (error as Error).message },
      'price file could not be read; the bundled prices stay',
    )
  }
}
