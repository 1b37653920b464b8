import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOrCreateMasterKey } from './master-key.ts'

const newDirectory = async () => join(await mkdtemp(join(tmpdir(), 'key-')), 'data')

test('the first start makes a key that only its owner can read, the second finds it', async () => {
  const directory = await newDirectory()
  const first = await findOrCreateMasterKey(directory)
  expect(first).toMatchObject({ created: true, path: join(directory, 'master-key') })
  expect(first.key).toMatch(/^sk-[\w-]{32}$/)
  expect((await stat(first.path)).mode & 0o777).toBe(0o600)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  expect(await findOrCreateMasterKey(directory)).toEqual({ ...first, created: false })
})

test('starts at the same time agree on one key', async () => {
  const directory = await newDirectory()
  const found = await Promise.all(Array.from({ length: 8 }, () => findOrCreateMasterKey(directory)))
  expect(found.filter(outcome => outcome.created)).toHaveLength(1)
  expect(await readdir(directory)).toEqual(['master-key'])
  expect(new Set(found.map(outcome => outcome.key)).size).toBe(1)
})

test('a key file that others can read is closed to them', async () => {
  const directory = await newDirectory()
  const { path } = await findOrCreateMasterKey(directory)
  await chmod(path, 0o644)
  await findOrCreateMasterKey(directory)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('an empty or foreign key file is refused and left alone', async () => {
  const directory = await newDirectory()
  const { path } = await findOrCreateMasterKey(directory)
  for (const text of ['', '\n', 'password', 'sk-']) {
    await writeFile(path, text)
    await expect(findOrCreateMasterKey(directory)).rejects.toThrow(/the master key file (is empty|must hold)/)
    expect(await readFile(path, 'utf8')).toBe(text)
  }
})
