import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram } from './find-program.ts'

const policy = '/usr/sbin/policy-rc.d'

/**
 * Installs PostgreSQL and Redis from apt where their programs are missing. Needs root and apt; throws with what to
 * install by hand otherwise. Their packages' own services are kept from starting.
 */
export function installServices(): void {
  const missing = [
    ...(findProgram('postgres') && findProgram('initdb') ? [] : ['postgresql']),
    ...(findProgram('redis-server', 'valkey-server') ? [] : ['redis-server']),
  ]
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
    throw new Error(
      `the tests need ${missing.join(' and ')}: install with your package manager ` +
        '(Debian: "sudo apt-get install postgresql redis-server"; macOS: "brew install postgresql redis"), ' +
        'or point SLUICE_TEST_POSTGRES_URL and SLUICE_TEST_REDIS_URL at running servers',
    )
  }
  console.error(`Installing ${missing.join(' and ')} with apt-get …`)
  const ours = !existsSync(policy)
  // Debian's packages ask this program before they start a service; exit code 101 means no.
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    aptGet('update')
    aptGet('install', '-y', '--no-install-recommends', ...missing)
  } finally {
    if (ours) rmSync(policy, { force: true })
  }
}

function aptGet(...args: readonly string[]): void {
  try {
    execFileSync('apt-get', args, {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(`apt-get ${args.join(' ')} failed.\n${output}`, { cause: error })
  }
}
