import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Each part of the build: what it is made of, and outputs that must exist. Paths are relative to the root. */
const parts = {
  sdk: { sources: ['packages/sdk/src'], outputs: ['packages/sdk/dist/index.js'] },
  gateway: {
    sources: ['packages/sdk/src', 'packages/gateway/src', 'packages/dashboard/src'],
    outputs: ['packages/gateway/dist/cli.js'],
  },
  types: {
    sources: ['packages/sdk/src', 'packages/gateway/src'],
    outputs: ['packages/sdk/dist/index.d.ts', 'packages/gateway/dist/index.d.ts'],
  },
}
const always = [
  'package-lock.json',
  'packages/sdk/package.json',
  'packages/gateway/package.json',
  'tools/build',
]

/** Those of `names` with a source newer than their last build. A walk of modification times: a few milliseconds. */
export function staleParts(root, names) {
  return names.filter(name => {
    const { sources, outputs } = parts[name]
    const built = modified(join(root, '.cache/build', name))
    if (built === 0 || outputs.some(output => modified(join(root, output)) === 0)) return true
    return [...always, ...sources].some(source => newerThan(join(root, source), built))
  })
}

function newerThan(path, time) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return false
  // A folder's own time changes when a file is added, removed or renamed.
  if (stats.mtimeMs > time) return true
  if (!stats.isDirectory()) return false
  return readdirSync(path, { withFileTypes: true }).some(entry => {
    if (entry.name.endsWith('.test.ts') || entry.name === 'fixtures') return false
    return newerThan(join(path, entry.name), time)
  })
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
