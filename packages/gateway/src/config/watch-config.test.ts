import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { writeFiles } from './testing/load-text.ts'
import { type ConfigChange, type ConfigWatcher, watchConfig } from './watch-config.ts'

const retries = (count: number | string) => `router_settings: { num_retries: ${count} }\n`

let watcher: ConfigWatcher | undefined
afterEach(() => watcher?.close())

/** Starts watching; `next()` resolves with the next change. */
async function watching(path: string) {
  const options = { path, env: new Map<string, string>() }
  const { files } = await loadConfig(options)
  const changes: ConfigChange[] = []
  let wake = () => {}
  const onChange = (change: ConfigChange) => {
    changes.push(change)
    wake()
  }
  watcher = watchConfig({ ...options, files, onChange, settleMs: 20 })
  await watcher.ready
  return async (): Promise<ConfigChange> => {
    while (changes.length === 0) await new Promise<void>(resolve => (wake = resolve))
    const change = changes.shift()
    if (!change) throw new Error('no change')
    return change
  }
}

const count = (change: ConfigChange) =>
  change.ok ? change.loaded.settings.router.retries : String(change.error)

test('a written file is read again', async () => {
  const path = join(await writeFiles({ 'config.yaml': retries(1) }), 'config.yaml')
  const next = await watching(path)
  await writeFile(path, retries(2))
  expect(count(await next())).toBe(2)
})

test('a wrong file calls back with its problems, and the repair with settings', async () => {
  const path = join(await writeFiles({ 'config.yaml': retries(1) }), 'config.yaml')
  const next = await watching(path)
  await writeFile(path, retries('many'))
  expect(count(await next())).toContain('expected a whole number')
  await rm(path)
  expect(count(await next())).toContain('does not exist')
  await writeFile(path, retries(3))
  expect(count(await next())).toBe(3)
})

test('an editor that writes a new file and renames it is noticed', async () => {
  const directory = await writeFiles({ 'config.yaml': retries(1) })
  const path = join(directory, 'config.yaml')
  const next = await watching(path)
  for (const number of [4, 5]) {
    await writeFile(join(directory, 'config.yaml.new'), retries(number))
    await rename(join(directory, 'config.yaml.new'), path)
    expect(count(await next())).toBe(number)
  }
})

test('includes are watched, those that come later too', async () => {
  const directory = await writeFiles({ 'config.yaml': 'include: [sub/a.yaml]\n', 'b.yaml': retries(7) })
  await mkdir(join(directory, 'sub'))
  await writeFile(join(directory, 'sub', 'a.yaml'), retries(1))
  const next = await watching(join(directory, 'config.yaml'))
  await writeFile(join(directory, 'sub', 'a.yaml'), retries(2))
  expect(count(await next())).toBe(2)
  await writeFile(join(directory, 'config.yaml'), 'include: [b.yaml]\n')
  expect(count(await next())).toBe(7)
  await writeFile(join(directory, 'b.yaml'), retries(8))
  expect(count(await next())).toBe(8)
})

test('a mount that swaps a link to a directory is noticed', async () => {
  const directory = await writeFiles({})
  for (const [version, number] of [
    ['v1', 1],
    ['v2', 2],
  ] as const) {
    await mkdir(join(directory, version))
    await writeFile(join(directory, version, 'config.yaml'), retries(number))
  }
  await symlink('v1', join(directory, '..data'))
  await symlink('..data/config.yaml', join(directory, 'config.yaml'))
  const next = await watching(join(directory, 'config.yaml'))
  await symlink('v2', join(directory, '..new'))
  await rename(join(directory, '..new'), join(directory, '..data'))
  expect(count(await next())).toBe(2)
})

test('a file written with the same contents changes nothing', async () => {
  const path = join(await writeFiles({ 'config.yaml': retries(1) }), 'config.yaml')
  const next = await watching(path)
  await writeFile(path, retries(1))
  await writeFile(`${path}.bak`, retries(1))
  await writeFile(path, retries(6))
  expect(count(await next())).toBe(6)
})
