import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { withReference } from './config-reference.ts'

test('docs/reference/config.md lists exactly the keys that exist', async () => {
  const page = await readFile(new URL('../../../../docs/reference/config.md', import.meta.url), 'utf8')
  expect(withReference(page) === page, 'run: node -C @sluice/source tools/docs.ts --write').toBe(true)
})

test('a page without the markers is refused', () => {
  expect(() => withReference('# config')).toThrow('lacks')
})
