/** Writes the tables of docs/reference/config.md: `node -C @sluice/source tools/docs-config.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { withReference } from '../packages/gateway/src/config/config-reference.ts'

const page = new URL('../docs/reference/config.md', import.meta.url)
await writeFile(page, withReference(await readFile(page, 'utf8')))
