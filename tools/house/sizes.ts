import { dirname } from 'node:path'
import { isTest, matches, type Problem } from './judge.ts'
import type { Module } from './read-module.ts'
import { limits, plugInFolders, tables } from './rules.ts'

/** Sizes above the soft limits that were accepted, by `path`, `path#function` or folder. They may only go down. */
export type Ratchet = Readonly<Record<string, number>>

interface Size {
  readonly key: string
  readonly path: string
  readonly kind: keyof typeof limits
  readonly size: number
}

/** Sizes above a hard limit, or above a soft limit and larger than the ratchet records. */
export function judgeSizes(modules: readonly Module[], ratchet: Ratchet): Problem[] {
  return overSoft(modules).flatMap(({ key, path, kind, size }) => {
    const { soft, hard } = limits[kind]
    const what = `${kind === 'function' ? `function ${key.split('#')[1]} ` : ''}has ${size} ${kind === 'folder' ? 'files' : 'lines'}`
    if (size > hard) return [{ path, message: `${what}: at most ${hard} for a ${kind}; split it` }]
    const accepted = ratchet[key] ?? soft
    if (size <= accepted) return []
    return [
      { path, message: `${what}, ${accepted} accepted: split it (or "node tools/check-house.ts --update")` },
    ]
  })
}

/** Today's sizes above the soft limits, for `house-ratchet.json`. */
export function recordSizes(modules: readonly Module[]): Ratchet {
  const sizes = overSoft(modules).map(({ key, size }) => [key, size] as const)
  return Object.fromEntries(sizes.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function overSoft(modules: readonly Module[]): Size[] {
  return [...fileSizes(modules), ...functionSizes(modules), ...folderSizes(modules)].filter(
    ({ kind, size }) => size > limits[kind].soft,
  )
}

/** Tests have the hard limit only. */
function fileSizes(modules: readonly Module[]): Size[] {
  return modules
    .filter(({ path, lines }) => !matches(path, tables) && (!isTest(path) || lines > limits.file.hard))
    .map(({ path, lines }) => ({ key: path, path, kind: 'file', size: lines }))
}

/** Two functions of one name in a file share an entry: the longer one. */
function functionSizes(modules: readonly Module[]): Size[] {
  const longest = new Map<string, Size>()
  for (const { path, functions } of modules) {
    if (isTest(path)) continue
    for (const { name, lines } of functions) {
      const key = `${path}#${name}`
      if (lines > (longest.get(key)?.size ?? 0))
        longest.set(key, { key, path, kind: 'function', size: lines })
    }
  }
  return [...longest.values()]
}

function folderSizes(modules: readonly Module[]): Size[] {
  const sources = modules.map(({ path }) => path).filter(path => !isTest(path))
  return [...Map.groupBy(sources, path => dirname(path))]
    .filter(([folder]) => !plugInFolders.includes(folder))
    .map(([folder, files]) => ({ key: folder, path: folder, kind: 'folder', size: files.length }))
}
