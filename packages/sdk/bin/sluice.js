#!/usr/bin/env node
// `npx sluice …` starts the gateway: the one installed beside this package, or else the one of the same version from npm.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `sluice needs Node 24 or newer to run the gateway, and this is ${process.version}: install one from https://nodejs.org`,
  )
  process.exit(1)
}

if (gatewayIsInstalled()) await import('@sluice/gateway/cli')
else runFromRegistry()

function gatewayIsInstalled() {
  try {
    import.meta.resolve('@sluice/gateway/cli')
    return true
  } catch {
    return false
  }
}

function runFromRegistry() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const args = ['--yes', `@sluice/gateway@${version}`, ...process.argv.slice(2)]
  const child = spawn('npx', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the child as well; anything else must be passed on.
    process.on(signal, () => (signal === 'SIGTERM' || !process.stdin.isTTY) && child.kill(signal))
  }
  child.on('error', error => {
    console.error(`sluice: npx could not be started (${error.message}): run "npm install @sluice/gateway"`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
