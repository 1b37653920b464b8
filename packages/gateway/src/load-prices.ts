import { readFile } from 'node:fs/promises'
import type { Catalogue, LoadReport } from 'sluice/internal'
import type { PriceSettings } from './config/settings.ts'
import type { Log } from './db/log.ts'
import { fetchText } from './http/fetch-text.ts'

/**
 * Lays the configured LiteLLM-shaped price file over the catalogue. A bad file is refused whole and said so, and the
 * last good one stays; undefined when none is configured.
 */
export async function loadPrices(
  catalogue: Catalogue,
  { file }: Pick<PriceSettings, 'file'>,
  log: Log,
): Promise<LoadReport | undefined> {
  if (file === undefined) return undefined
  try {
    const text = /^https?:\/\//.test(file) ? await fetchText(file) : await readFile(file, 'utf8')
    const report = catalogue.loadPriceFile(JSON.parse(text), file)
    if (report.ok) log.info({ file, models: report.models }, 'price file loaded')
    else log.error({ file, problem: report.reason }, 'price file refused; the last good prices stay')
    return report
  } catch (error) {
    const reason = (error as Error).message
    log.error({ file, reason }, 'price file could not be read; the last good prices stay')
    return { ok: false, source: file, reason }
  }
}
