import { readdir, readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const pages = await markdownFiles()

test('the pages for readers are found', () => {
  expect(pages.length).toBeGreaterThan(30)
})

test.each(pages)('every link of %s leads somewhere', async name => {
  const page = new URL(name, root)
  const broken: string[] = []
  for (const target of linksOf(await readFile(page, 'utf8')))
    if (!(await exists(new URL(target, page)))) broken.push(target)
  expect(broken).toEqual([])
})

async function markdownFiles(): Promise<string[]> {
  const folders = ['docs/', 'examples/', 'tools/', 'packages/']
  const listed = await Promise.all(
    folders.map(async folder =>
      (await readdir(new URL(folder, root), { recursive: true })).map(name => `${folder}${name}`),
    ),
  )
  const top = await readdir(root)
  return [...top, ...listed.flat()].filter(name => name.endsWith('.md') && !name.includes('node_modules'))
}

/** Targets of links and pictures on other files, and on headings of this one. */
function linksOf(text: string): string[] {
  const prose = text.split('```').filter((_, index) => index % 2 === 0)
  return prose
    .flatMap(part => part.split('](').slice(1))
    .map(rest => rest.slice(0, rest.indexOf(')')))
    .filter(target => !/^[a-z]+:/.test(target))
}

async function exists(target: URL): Promise<boolean> {
  const heading = decodeURIComponent(target.hash.slice(1))
  const path = fileURLToPath(new URL(target.pathname, target))
  if (relative(fileURLToPath(root), path).startsWith('..')) return false
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'EISDIR' ? '' : undefined,
  )
  if (text === undefined) return false
  return heading === '' || headingsOf(text).includes(heading)
}

/** Headings as GitHub names them. */
function headingsOf(text: string): string[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('#'))
    .map(line => line.replace(/^#+ /, '').toLowerCase())
    .map(title => title.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}
