import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs dependencies when node_modules is missing or does not match package-lock.json. One progress line; npm's own
 * output only when it fails. Install scripts never run: the only one needed, that of Node itself, is run by findNode.
 */
export function ensureInstalled(root) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex')
  const stamp = join(root, 'node_modules/.sluice-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  if (!matchesLock(root, JSON.parse(lock.toString()))) {
    console.error('sluice: installing dependencies (npm install) …')
    // Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, as one written against a registry
    // mirror does. This takes every version the lock file has, and writes nothing back.
    npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root)
  }
  writeFileSync(stamp, digest)
}

/** A Node that is new enough for the workspace: the one in node_modules, else the one running now. */
export function findNode(root) {
  const folder = join(root, 'node_modules/node')
  const bundled = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error('sluice: installing Node 26 into node_modules …')
  const installed = spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
    encoding: 'utf8',
    env: withoutNpmContext(),
  })
  if (!existsSync(bundled)) {
    throw new Error(
      `Node 24 or newer is needed (this is ${process.version}) and Node 26 could not be installed: ` +
        `install it from https://nodejs.org and run this again.\n${installed.stderr ?? ''}`,
    )
  }
  const link = join(root, 'node_modules/.bin/node')
  if (process.platform !== 'win32' && !existsSync(link)) symlinkSync('../node/bin/node', link)
  return bundled
}

/** Whether what npm recorded as installed has every required package of the lock file, in the locked version. */
function matchesLock(root, lock) {
  const record = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  return Object.entries(lock.packages).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') ||
      entry.optional ||
      entry.devOptional ||
      (installed[path] !== undefined && installed[path].version === entry.version),
  )
}

function npm(args, cwd) {
  const cli = process.env.npm_execpath
  const own = cli?.endsWith('npm-cli.js') && existsSync(cli)
  const result = own
    ? spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8', env: withoutNpmContext() })
    : spawnSync('npm', args, {
        cwd,
        encoding: 'utf8',
        shell: process.platform === 'win32',
        env: withoutNpmContext(),
      })
  if (result.status === 0) return
  throw new Error(`npm ${args[0]} failed.\n${result.error?.message ?? result.stderr}`)
}

/** The environment without what `npm run` added about the outer package, which would mislead an inner npm. */
function withoutNpmContext() {
  const added = /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|INIT_CWD)/
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !added.test(key)))
}
