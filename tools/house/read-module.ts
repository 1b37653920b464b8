import { parseSync } from 'rolldown/utils'

export interface Import {
  readonly from: string
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean
  readonly line: number
}

export interface Found {
  readonly text: string
  readonly line: number
}

/** What the house rules need to know about one TypeScript file. */
export interface Module {
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[]
  readonly environment: readonly Found[]
  readonly fetches: readonly Found[]
  /** String literals and identifiers, import paths left out. */
  readonly words: readonly Found[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** Parses `source` and collects its facts. Throws when it is not TypeScript. */
export function readModule(path: string, source: string): Module {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const lineOf = lineCounter(source)
  const module = {
    path,
    lines: lineOf(source.trimEnd().length),
    imports: [] as Import[],
    functions: [] as { name: string; line: number; lines: number }[],
    environment: [] as Found[],
    fetches: [] as Found[],
    words: [] as Found[],
  }
  const visit = (node: Node, parent: Node | undefined) => {
    const line = lineOf(node.start)
    const imported = readImport(node)
    if (imported) module.imports.push({ ...imported, line })
    if (isFunction(node)) {
      module.functions.push({ name: functionName(node, parent), line, lines: lineOf(node.end) - line + 1 })
    }
    if (isMember(node, 'process', 'env') || takesEnvironment(node)) {
      module.environment.push({ text: 'process.env', line })
    }
    if (callsFetch(node)) module.fetches.push({ text: 'fetch()', line })
    const text =
      node.type === 'Literal' ? node['value'] : node.type === 'Identifier' ? node['name'] : undefined
    if (typeof text === 'string' && parent?.['source'] !== node) module.words.push({ text, line })
    for (const child of children(node)) visit(child, node)
  }
  visit(program as unknown as Node, undefined)
  return module
}

function children(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value)
}

function readImport(node: Node): Omit<Import, 'line'> | undefined {
  const source = (node['source'] ?? undefined) as Node | undefined
  if (source?.type !== 'Literal' || typeof source['value'] !== 'string') return undefined
  const from = source['value']
  if (node.type === 'TSImportType') return { from, typeOnly: true }
  const specifiers = (node['specifiers'] ?? []) as readonly Node[]
  const kinds = specifiers.map(specifier => specifier['importKind'] ?? specifier['exportKind'])
  const allTypes = kinds.length > 0 && kinds.every(kind => kind === 'type')
  return { from, typeOnly: node['importKind'] === 'type' || node['exportKind'] === 'type' || allTypes }
}

function isFunction(node: Node): boolean {
  const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']
  return kinds.includes(node.type)
}

function functionName(node: Node, parent: Node | undefined): string {
  const named = (node['id'] ?? parent?.['id'] ?? parent?.['key']) as Node | undefined
  return typeof named?.['name'] === 'string' ? named['name'] : '(anonymous)'
}

function isMember(node: Node, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression') return false
  const [left, right] = [node['object'], node['property']] as [Node, Node]
  return left['name'] === object && (right['name'] === property || right['value'] === property)
}

/** `import { env } from 'node:process'` or `const { env } = process`. */
function takesEnvironment(node: Node): boolean {
  const source = node['source'] as Node | null | undefined
  const fromProcess =
    node.type === 'ImportDeclaration'
      ? ['node:process', 'process'].includes(String(source?.['value']))
      : node.type === 'VariableDeclarator' && (node['init'] as Node | null)?.['name'] === 'process'
  return fromProcess && children(node).flatMap(namedParts).includes('env')
}

/** Outer names in an import specifier or an object pattern. */
function namedParts(node: Node): unknown[] {
  const properties = (node['properties'] ?? []) as readonly Node[]
  const keys = [node['imported'], ...properties.map(property => property['key'])] as (Node | undefined)[]
  return keys.map(key => key?.['name'])
}

function callsFetch(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const callee = node['callee'] as Node
  return (
    (callee.type === 'Identifier' && callee['name'] === 'fetch') || isMember(callee, 'globalThis', 'fetch')
  )
}

/** Offset → line number, from 1. */
function lineCounter(source: string): (offset: number) => number {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return offset => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
