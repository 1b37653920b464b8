import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Report } from './report.ts'
import type { Place } from './source/node.ts'

/** A plug-in as a setting names it: `./my-strategy.mjs` or `./plug-ins.mjs#myStrategy`, from the file that names it. */
export interface ModuleName {
  readonly path: string
  readonly exportName: string
  readonly place: Place
  readonly key: string
}

const MODULE = /^(?<path>.+\.(?:mjs|cjs|js|mts|ts))(?:#(?<exportName>[\p{L}_$][\p{L}\p{N}_$]*))?$/u

/** The module a setting names; undefined when the text does not name a local file of JavaScript or TypeScript. */
export function readModuleName(text: string, place: Place, key: string): ModuleName | undefined {
  const { path, exportName = 'default' } = MODULE.exec(text)?.groups ?? {}
  // Nothing is fetched: `https:`, `data:` and `npm:` are no paths.
  if (path === undefined || /^[a-z][a-z0-9+.-]+:/i.test(path)) return undefined
  return { path, exportName, place, key }
}

/** What a plug-in must export. `read` answers with what is wrong with it, in words, or what it is to us. */
export interface ModuleShape<T> {
  /** For the remedy: `export default () => ({ name: "mine", pick: candidates => candidates[0] })`. */
  readonly example: string
  read(exported: unknown): { readonly value: T } | { readonly problem: string }
}

/** The absolute path of the module's file. */
export function moduleFile({ path, place }: ModuleName): string {
  return resolve(dirname(place.file), path)
}

/**
 * Imports the file a setting names, again when it has changed; modules that it imports itself are not read again.
 * Whatever is wrong with it is reported with line and key.
 */
export async function loadModule<T>(
  name: ModuleName,
  shape: ModuleShape<T>,
  report: Report,
): Promise<T | undefined> {
  const refuse = (message: string, remedy: string) => {
    report.problem(name.place, name.key, message, remedy)
    return undefined
  }
  const file = moduleFile(name)
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    const reason = found.code === 'ENOENT' ? 'does not exist' : `cannot be read (${found.code})`
    return refuse(`${file} ${reason}`, 'Name a file by its path from this configuration file.')
  }
  if (!found.isFile()) return refuse(`${file} is not a file`, 'Name the file of the module.')
  const version = `${found.mtimeMs}-${found.size}`
  const loaded = await importFile(`${pathToFileURL(file).href}?version=${version}`)
  if ('error' in loaded)
    return refuse(`${file} cannot be loaded: ${said(loaded.error)}`, 'Try it with: node <the file>.')
  if (!Object.hasOwn(loaded.exports, name.exportName)) {
    const names = Object.keys(loaded.exports).join(', ') || 'nothing'
    const remedy = `Write ${shape.example}, or name another export after a #.`
    return refuse(`${file} has no export ${name.exportName}; it exports ${names}`, remedy)
  }
  const read = shape.read(loaded.exports[name.exportName])
  if ('value' in read) return read.value
  return refuse(`${name.exportName} of ${file} ${read.problem}`, `Write ${shape.example}.`)
}

type Loaded = { readonly exports: Readonly<Record<string, unknown>> } | { readonly error: unknown }

async function importFile(url: string): Promise<Loaded> {
  try {
    const exports: unknown = await import(url)
    return { exports: exports as Readonly<Record<string, unknown>> }
  } catch (error) {
    return { error }
  }
}

/** An error as one line. */
export function said(error: unknown): string {
  return String(error).split('\n', 1)[0] as string
}
