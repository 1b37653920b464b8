import { existsSync, readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What V8 writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile, times in µs. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
}

interface SelfTimes {
  /** Name and µs, most first. */
  readonly functions: readonly (readonly [string, number])[]
  readonly files: readonly (readonly [string, number])[]
  /** All but idling. */
  readonly busyMicros: number
}

const root = resolve(import.meta.dirname, '../..')

/** Adds up a profile's time after its first `skipMs` by function and by file of the source. */
export function selfTimes(profile: CpuProfile, skipMs: number): SelfTimes {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const microsOf = new Map<number, number>()
  let elapsed = 0
  profile.samples.forEach((sample, at) => {
    const delta = profile.timeDeltas[at] ?? 0
    elapsed += delta
    if (elapsed > skipMs * 1_000) microsOf.set(sample, (microsOf.get(sample) ?? 0) + delta)
  })
  const functions = new Map<string, number>()
  const files = new Map<string, number>()
  const locate = locator()
  let busyMicros = 0
  for (const [id, micros] of microsOf) {
    const frame = frames.get(id)
    if (!frame || frame.functionName === '(idle)') continue
    busyMicros += micros
    const { file, line } = locate(frame)
    const name = frame.functionName || '(anonymous)'
    add(functions, file === '' ? name : `${name}  ${file}:${line}`, micros)
    add(files, file === '' ? name : file, micros)
  }
  return { functions: descending(functions), files: descending(files), busyMicros }
}

/** Finds the source of a frame through the source maps of the bundles. */
function locator(): (frame: ProfileNode['callFrame']) => { file: string; line: number } {
  const maps = new Map<string, SourceMap | undefined>()
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith('file:')) return { file: url, line: lineNumber + 1 }
    const path = fileURLToPath(url)
    if (!maps.has(path)) maps.set(path, readMap(path))
    const entry = maps.get(path)?.findEntry(lineNumber, columnNumber)
    if (entry === undefined || !('originalSource' in entry)) {
      return { file: relative(root, path), line: lineNumber + 1 }
    }
    const source = resolve(dirname(path), entry.originalSource.replace('file://', ''))
    return { file: relative(root, source), line: entry.originalLine + 1 }
  }
}

function readMap(path: string): SourceMap | undefined {
  const map = `${path}.map`
  return existsSync(map)
    ? new SourceMap(JSON.parse(readFileSync(map, 'utf8')) as SourceMapPayload)
    : undefined
}

function add(totals: Map<string, number>, key: string, micros: number): void {
  totals.set(key, (totals.get(key) ?? 0) + micros)
}

function descending(totals: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...totals].sort(([, a], [, b]) => b - a)
}
