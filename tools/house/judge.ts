import { basename, dirname, join, matchesGlob } from 'node:path'
import type { Import, Module } from './read-module.ts'
import {
  environmentAllowed,
  forbiddenNames,
  providerNamesAllowed,
  redisAllowed,
  redisModules,
  rooms,
  shipped,
  siblings,
  socketModules,
  socketsAllowed,
  sqlAllowed,
  sqlModules,
} from './rules.ts'

export interface Problem {
  readonly path: string
  readonly line?: number
  readonly message: string
}

export interface House {
  /** Source folder of a package → npm packages it may import. */
  readonly packages: ReadonlyMap<string, readonly string[]>
  readonly providerNames: ReadonlySet<string>
}

/** Every broken rule except the sizes, which `sizes.ts` judges. */
export function judge(modules: readonly Module[], { packages, providerNames }: House): Problem[] {
  const ours = modules.filter(({ path }) => matches(path, shipped) && !isTest(path))
  return [
    ...modules.flatMap(judgeName),
    ...ours.flatMap(module => [
      ...judgeRooms(module),
      ...judgePackages(module, packages),
      ...judgeReach(module),
      ...judgeProviderNames(module, providerNames),
    ]),
    ...findCycles(ours),
  ]
}

/** Tests, their fixtures, and what only tests import (`testing/`). */
export function isTest(path: string): boolean {
  return matches(path, ['**/*.test.{ts,tsx}', '**/fixtures/**', '**/testing/**'])
}

export function matches(path: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matchesGlob(path, pattern))
}

function judgeName({ path }: Module): Problem[] {
  const forbidden = path.split(/[/.]/).find(part => forbiddenNames.includes(part))
  if (forbidden) return [{ path, message: `is called "${forbidden}", which says nothing: name what it does` }]
  return /^[a-z0-9.-]+$/.test(basename(path)) ? [] : [{ path, message: 'is not in kebab-case' }]
}

/** Where a file lives: its package's source folder, its room and that room's row; undefined outside every package. */
function placeOf(path: string): { source: string; room: string; row: number } | undefined {
  const source = Object.keys(rooms).find(folder => path.startsWith(`${folder}/`))
  if (source === undefined) return undefined
  const room = path.slice(source.length + 1).split('/')[0] ?? ''
  return { source, room, row: rooms[source]?.findIndex(row => row.includes(room)) ?? -1 }
}

function judgeRooms({ path, imports }: Module): Problem[] {
  const place = placeOf(path)
  if (!place) return []
  if (place.row === -1)
    return [{ path, message: `is in no room: add "${place.room}" to tools/house/rules.ts` }]
  return relative(imports).flatMap(({ from, line }) => {
    const target = placeOf(join(dirname(path), from))
    if (target?.source !== place.source) {
      return [{ path, line, message: `imports ${from}, outside its package: import the package by name` }]
    }
    if (target.row <= place.row) return []
    const message = `imports ${from}: room "${target.room}" is above "${place.room}", and imports only go down`
    return [{ path, line, message }]
  })
}

function judgePackages(
  { path, imports }: Module,
  packages: ReadonlyMap<string, readonly string[]>,
): Problem[] {
  const source = placeOf(path)?.source ?? ''
  const declared = packages.get(source) ?? []
  return imports.flatMap(({ from, line }) => {
    if (from.startsWith('.') || from.startsWith('node:')) return []
    if (siblings[source]?.includes(from)) return []
    const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/')
    if (name !== 'sluice' && !name.startsWith('@sluice/') && declared.includes(name)) return []
    return [{ path, line, message: `imports "${from}", which its package does not declare or may not use` }]
  })
}

/** Environment, sockets and SQL, each in its own rooms. */
function judgeReach({ path, imports, environment, fetches }: Module): Problem[] {
  const used = imports.filter(({ typeOnly }) => !typeOnly)
  const sockets = used.filter(({ from }) => socketModules.includes(from)).map(asFound)
  const sql = imports.filter(({ from }) => sqlModules.includes(from)).map(asFound)
  const redis = imports.filter(({ from }) => redisModules.includes(from)).map(asFound)
  return [
    { found: environment, allowed: environmentAllowed, rule: 'the environment is read in config/ only' },
    {
      found: [...sockets, ...fetches],
      allowed: socketsAllowed,
      rule: 'sockets belong to transport/ and http/',
    },
    { found: sql, allowed: sqlAllowed, rule: 'SQL belongs to db/' },
    { found: redis, allowed: redisAllowed, rule: 'the client of Redis belongs to redis/' },
  ].flatMap(({ found, allowed, rule }) =>
    matches(path, allowed)
      ? []
      : found.map(({ text, line }) => ({ path, line, message: `uses ${text}: ${rule}` })),
  )
}

function asFound({ from, line }: Import): { text: string; line: number } {
  return { text: `"${from}"`, line }
}

function judgeProviderNames({ path, words }: Module, names: ReadonlySet<string>): Problem[] {
  if (matches(path, providerNamesAllowed)) return []
  return words
    .filter(({ text }) => names.has(text))
    .map(({ text, line }) => ({
      path,
      line,
      message: `names the provider "${text}": make it a fact in providers/`,
    }))
}

function relative(imports: readonly Import[]): Import[] {
  return imports.filter(({ from }) => from.startsWith('.'))
}

/** Import cycles that exist at run time, each reported once. */
function findCycles(modules: readonly Module[]): Problem[] {
  const edges = new Map(
    modules.map(({ path, imports }) => [
      path,
      relative(imports)
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ from }) => join(dirname(path), from)),
    ]),
  )
  const done = new Set<string>()
  const problems: Problem[] = []
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path)
    if (at !== -1) {
      const cycle = [...trail.slice(at), path].map(step => basename(step)).join(' → ')
      problems.push({ path, message: `is in an import cycle: ${cycle}` })
    } else if (!done.has(path)) {
      for (const target of edges.get(path) ?? []) visit(target, [...trail, path])
      done.add(path)
    }
  }
  for (const path of edges.keys()) visit(path, [])
  return problems
}
