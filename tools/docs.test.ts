import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { withGeneratedPart } from './docs/generated-part.ts'
import { pages, urlOf } from './docs/pages.ts'

test.each(pages)('docs/reference/$name says what the code says', async page => {
  const text = await readFile(urlOf(page), 'utf8')
  expect((await page.rewrite(text)) === text, 'run: node -C @sluice/source tools/docs.ts --write').toBe(true)
})

test('a page without the markers is refused', () => {
  expect(() => withGeneratedPart('# errors', 'table')).toThrow('lacks')
})
