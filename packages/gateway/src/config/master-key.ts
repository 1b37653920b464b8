import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from './problem.ts'

const FILE = 'master-key'
const PREFIX = 'sk-'

export interface MasterKey {
  readonly key: string
  /** True when it was made just now: the one time to show it. */
  readonly created: boolean
  /** The file it is kept in, readable by its owner only. */
  readonly path: string
}

/**
 * The administrator's key of a gateway that was given none: kept in the data directory, made at the first start.
 * @throws ConfigError when the file is there and holds no usable key.
 */
export async function findOrCreateMasterKey(dataDirectory: string): Promise<MasterKey> {
  const path = join(dataDirectory, FILE)
  const existing = await readKey(path)
  if (existing !== undefined) return { key: existing, created: false, path }
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  const key = PREFIX + randomBytes(24).toString('base64url')
  if (await createWhole(path, `${key}\n`)) return { key, created: true, path }
  // Another process was faster; its key is the one.
  return { key: (await readKey(path)) ?? refuse(path, 'disappeared'), created: false, path }
}

/** Creates the file in one step, so that nobody reads half of it; false when it is there already. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function readKey(path: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
  const key = text.trim()
  if (key === '') return refuse(path, 'is empty')
  if (!key.startsWith(PREFIX) || key.length === PREFIX.length)
    return refuse(path, `must hold a key that starts with ${PREFIX}`)
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, 0o600)
  return key
}

function refuse(path: string, message: string): never {
  const remedy = 'Write a key into it, or remove the file and a new key is made.'
  throw new ConfigError([
    { file: path, line: 1, column: 1, key: '', message: `the master key file ${message}`, remedy },
  ])
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
