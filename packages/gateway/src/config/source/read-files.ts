import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Report } from '../report.ts'
import type { ConfigNode, Entry, ListNode, MapNode, Place } from './node.ts'
import { parseYaml } from './parse-yaml.ts'

/** Largest config file read, bytes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

export interface SourceFiles {
  /** Undefined when the main file could not be read as a map. */
  readonly root: MapNode | undefined
  /** Absolute paths of all files asked for, the unreadable ones too: a watcher waits for them. */
  readonly files: readonly string[]
}

/**
 * Reads a config file and, in order, the files its `include` names (relative to the file that names them). Lists of
 * included files are appended, maps are merged, other values replace the including file's.
 */
export async function readFiles(path: string, report: Report): Promise<SourceFiles> {
  const files: string[] = []
  const root = await readOne(path, { file: path, line: 1, column: 1 }, '', [], files, report)
  return { root, files }
}

async function readOne(
  path: string,
  asked: Place,
  key: string,
  above: readonly string[],
  files: string[],
  report: Report,
): Promise<MapNode | undefined> {
  const absolute = resolve(path)
  if (above.includes(absolute)) {
    report.problem(asked, key, `${path} includes itself`, 'Remove one of the include lines.')
    return undefined
  }
  if (!files.includes(absolute)) files.push(absolute)
  const text = await readText(path, asked, key, report)
  const node = text === undefined ? undefined : parseYaml(text, path, report)
  if (!node) return undefined
  if (node.kind !== 'map') {
    report.problem(
      node.place,
      '',
      'a config file is a map of sections',
      'Start with model_list: or another section.',
    )
    return undefined
  }
  let merged: MapNode = node
  for (const include of includesOf(node, report)) {
    const target = isAbsolute(include.path) ? include.path : join(dirname(path), include.path)
    const child = await readOne(target, include.place, 'include', [...above, absolute], files, report)
    if (child) merged = mergeMaps(merged, child, '', report)
  }
  return merged
}

async function readText(
  path: string,
  asked: Place,
  key: string,
  report: Report,
): Promise<string | undefined> {
  try {
    const bytes = await readFile(path)
    if (bytes.length <= MAX_FILE_BYTES) return bytes.toString('utf8')
    report.problem(asked, key, `${path} is larger than ${MAX_FILE_BYTES} bytes`, 'Split it with include.')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    report.problem(asked, key, `${path} ${reason}`, 'Check the path and its permissions.')
  }
  return undefined
}

function includesOf(root: MapNode, report: Report): { path: string; place: Place }[] {
  const node = root.entries.get('include')?.value
  if (!node || (node.kind === 'scalar' && node.value === null)) return []
  const items: readonly ConfigNode[] = node.kind === 'list' ? node.items : [node]
  return items.flatMap(item => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
      return [{ path: item.value, place: item.place }]
    }
    report.problem(item.place, 'include', 'expected a list of file paths', 'Write include: [models.yaml].')
    return []
  })
}

function mergeMaps(base: MapNode, over: MapNode, path: string, report: Report): MapNode {
  const entries = new Map<string, Entry>(base.entries)
  for (const [name, entry] of over.entries) {
    if (path === '' && name === 'include') continue
    const mine = entries.get(name)
    const key = path ? `${path}.${name}` : name
    entries.set(
      name,
      mine ? { place: entry.place, value: mergeValues(mine.value, entry.value, key, report) } : entry,
    )
  }
  return { kind: 'map', place: base.place, entries }
}

function mergeValues(base: ConfigNode, over: ConfigNode, key: string, report: Report): ConfigNode {
  if (base.kind === 'list' && over.kind === 'list') {
    return { kind: 'list', place: base.place, items: [...base.items, ...over.items] } satisfies ListNode
  }
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, key, report)
  const same = base.kind === 'scalar' && over.kind === 'scalar' && base.value === over.value
  if (!same) {
    const { file, line } = base.place
    report.warn(over.place, key, `replaces the value of ${file}:${line}`, 'Keep the key in one file only.')
  }
  return over
}
