import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Report } from '../report.ts'
import type { ConfigNode, Entry, MapNode, Place } from './node.ts'

/** Values that one file may expand to, aliases counted each time they are used. */
const MAX_VALUES = 200_000
const MAX_DEPTH = 100

/**
 * Reads YAML 1.2 with anchors, aliases and `<<` merge keys. Duplicate keys, cyclic or exploding aliases and syntax
 * errors become problems; undefined means that nothing useful could be read.
 */
export function parseYaml(text: string, file: string, report: Report): ConfigNode | undefined {
  const lines = new LineCounter()
  const document = readDocument(text, lines)
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (!document) {
    const place = { file, line: 1, column: 1 }
    report.problem(place, '', 'the file is nested too deeply to be read', 'Use fewer levels of brackets.')
    return undefined
  }
  for (const error of document.errors) {
    report.problem(
      at(error.pos[0]),
      '',
      `not valid YAML: ${error.message}`,
      'Check indentation, quotes and colons on this line.',
    )
  }
  for (const warning of document.warnings)
    report.warn(at(warning.pos[0]), '', warning.message, 'Check this line.')
  if (document.errors.length > 0) return undefined
  if (document.contents === null) {
    report.problem(
      { file, line: 1, column: 1 },
      '',
      'the file is empty',
      'Write at least a model_list, or start without a config file.',
    )
    return undefined
  }
  return new Builder(at, report).build(document.contents, '', 0)
}

/** Undefined when the nesting overflows the parser's stack. */
function readDocument(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Turns one document into nodes; remembers anchors in document order, as YAML defines aliases. */
class Builder {
  readonly #at: (offset: number) => Place
  readonly #report: Report
  readonly #anchors = new Map<string, Node>()
  readonly #open = new Set<Node>()
  #values = 0

  constructor(at: (offset: number) => Place, report: Report) {
    this.#at = at
    this.#report = report
  }

  build(node: Node | null, path: string, depth: number, keyPlace?: Place): ConfigNode {
    const place = node?.range ? this.#at(node.range[0]) : (keyPlace ?? this.#at(0))
    if (!node) return { kind: 'scalar', place, value: null, text: '' }
    this.#values += 1
    if (this.#values > MAX_VALUES || depth > MAX_DEPTH || this.#open.has(node))
      return this.#refuseGrowth(place, path, node)
    if (isAlias(node)) return this.#alias(node, place, path, depth)
    if ('anchor' in node && node.anchor) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return this.#scalar(node, place)
    this.#open.add(node)
    try {
      if (isMap(node)) return this.#map(node, place, path, depth)
      const items = isSeq(node) ? node.items : []
      return {
        kind: 'list',
        place,
        items: items.map((item, index) =>
          this.build(item as Node | null, `${path}[${index}]`, depth + 1, place),
        ),
      }
    } finally {
      this.#open.delete(node)
    }
  }

  #refuseGrowth(place: Place, path: string, node: Node): ConfigNode {
    if (this.#open.has(node)) {
      this.#report.problem(
        place,
        path,
        'an alias refers to a value that contains it',
        'Write the value out instead.',
      )
    } else if (this.#values <= MAX_VALUES + 1) {
      const limit =
        this.#values > MAX_VALUES ? `${MAX_VALUES} values after aliases are expanded` : `${MAX_DEPTH} levels`
      this.#report.problem(
        place,
        path,
        `the file holds more than ${limit}`,
        'Use fewer aliases, or split the file with include.',
      )
    }
    return { kind: 'scalar', place, value: null, text: '' }
  }

  #alias(node: Alias, place: Place, path: string, depth: number): ConfigNode {
    const target = this.#anchors.get(node.source)
    if (target) return this.build(target, path, depth + 1)
    this.#report.problem(
      place,
      path,
      `alias *${node.source} has no anchor &${node.source} above it`,
      'Define the anchor first.',
    )
    return { kind: 'scalar', place, value: null, text: '' }
  }

  #scalar(node: Scalar, place: Place): ConfigNode {
    const { value } = node
    const plain =
      value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    const text = node.source ?? (plain ? String(value ?? '') : '')
    return { kind: 'scalar', place, value: plain ? value : text, text }
  }

  #map(node: YAMLMap, place: Place, path: string, depth: number): MapNode {
    const own = new Map<string, Entry>()
    const merged = new Map<string, Entry>()
    for (const pair of node.items) {
      const key = pair.key as Node | null
      const keyPlace = key?.range ? this.#at(key.range[0]) : place
      if (!isScalar(key)) {
        this.#report.problem(keyPlace, path, 'a key must be plain text', 'Write key: value.')
        continue
      }
      const name = String(key.value)
      const value = this.build(
        pair.value as Node | null,
        path ? `${path}.${name}` : name,
        depth + 1,
        keyPlace,
      )
      if (key.source === '<<' && key.type === 'PLAIN') this.#merge(value, merged, path)
      else this.#add(own, name, { place: keyPlace, value }, path)
    }
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry)
    return { kind: 'map', place, entries: own }
  }

  #add(own: Map<string, Entry>, name: string, entry: Entry, path: string): void {
    const key = path ? `${path}.${name}` : name
    const first = own.get(name)
    if (first) {
      const message = `written twice: first on line ${first.place.line}, again on line ${entry.place.line}`
      this.#report.problem(entry.place, key, message, 'Keep one of the two.')
    } else if (name === '__proto__') {
      this.#report.problem(entry.place, key, 'this key is not allowed', 'Remove it.')
    } else own.set(name, entry)
  }

  #merge(value: ConfigNode, into: Map<string, Entry>, path: string): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') {
        this.#report.problem(
          source.place,
          `${path}.<<`,
          '<< needs a map or a list of maps',
          'Point it at an anchor on a map.',
        )
        continue
      }
      for (const [name, entry] of source.entries) if (!into.has(name)) into.set(name, entry)
    }
  }
}
