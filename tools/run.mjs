#!/usr/bin/env node
// The one door to the workspace: `node tools/run.mjs <task> [args]`. Plain JavaScript, because it also runs on the
// Node 20 that many machines have; the tasks themselves are TypeScript and run on the Node 26 it finds or installs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { ensureInstalled, findNode } from './install.mjs'
import { staleParts } from './stale.mjs'

const root = dirname(import.meta.dirname)

/** What each task runs, and which parts of the build must be fresh before it. */
const tasks = {
  start: { script: 'packages/gateway/dist/cli.js', needs: ['gateway'] },
  test: { script: 'tools/test.ts', needs: ['sdk', 'gateway'] },
  check: { script: 'tools/check.ts', needs: [] },
  build: { script: 'tools/build.ts', needs: [] },
  bench: { script: 'benchmarks/run.ts', needs: ['gateway'] },
  fix: { script: 'tools/fix.ts', needs: [] },
}

const [name = '', ...args] = process.argv.slice(2)
const task = tasks[name]
if (!task) fail(`unknown task "${name}". Tasks: ${Object.keys(tasks).join(', ')}.`)

try {
  ensureInstalled(root)
  const node = findNode(root)
  const stale = staleParts(root, task.needs)
  if (stale.length > 0) {
    const code = await run(node, 'tools/build.ts', ['--quiet', ...stale])
    if (code !== 0) process.exit(code)
  }
  const taskArgs =
    name === 'build' && args.length === 0 ? staleParts(root, ['sdk', 'gateway', 'types']) : args
  if (name === 'build' && taskArgs.length === 0) {
    console.log('Nothing to build: every output is newer than its sources.')
  } else if (!existsSync(join(root, task.script))) {
    fail(`${task.script} does not exist, so "${name}" cannot run in this checkout.`)
  } else {
    process.exitCode = await run(node, task.script, taskArgs)
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

/** Runs a script under `node` as if it had been started directly: same terminal, signals and exit code. */
function run(node, script, scriptArgs) {
  const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  // `npm start` sets INIT_CWD to where the user stands: relative paths on the command line mean that folder.
  const cwd = name === 'start' && script === task.script ? (process.env.INIT_CWD ?? process.cwd()) : root
  const child = spawn(node, [join(root, script), ...scriptArgs], {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole foreground group; passing it on too would count as a second Ctrl-C.
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  const watch = watchParent(() => child.kill('SIGTERM'))
  child.on('exit', () => clearInterval(watch))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/**
 * Under npm, calls `onGone` when the shell that npm started is gone: npm passes a signal on to that shell only, which
 * dies of it and leaves us behind. (`npm start` uses `exec`, so that there npm waits for the gateway to close.)
 */
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    onGone()
  }, 250)
  return watch
}

function fail(message) {
  console.error(`sluice: ${message}`)
  process.exit(1)
}
