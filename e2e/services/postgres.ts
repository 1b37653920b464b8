import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { findProgram } from './find-program.ts'
import { freePort, ServiceProcess } from './service-process.ts'

const run = promisify(execFile)

/** How PostgreSQL is told to stop: waiting for clients, rolling their work back, or as if it had crashed. */
export type StopMode = 'smart' | 'fast' | 'immediate'
const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

export interface Postgres {
  /** Connection URL of the database `postgres`; the same after a restart. */
  readonly url: string
  readonly port: number
  stop(mode?: StopMode): Promise<void>
  start(): Promise<void>
  /** Creates an empty database and returns its connection URL. */
  createDatabase(name: string): Promise<string>
  /** Stops for good and removes the data. */
  remove(): Promise<void>
}

/** Starts a PostgreSQL of our own on a free port, with its data in a temporary folder and durability off; `over` are settings of its. */
export async function startPostgres(over: Readonly<Record<string, string | number>> = {}): Promise<Postgres> {
  const initdb = findProgram('initdb')
  const server = findProgram('postgres')
  if (!initdb || !server) throw new Error('PostgreSQL is not installed: initdb and postgres were not found')
  const user = await serverUser()
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C' }, ...user }
  await run(
    initdb,
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    options,
  )
  const service = new ServiceProcess({
    name: 'PostgreSQL',
    command: server,
    args: ['-D', data, ...settings(port, folder, over)],
    folder,
    readyLine: 'database system is ready to accept connections',
    killSignal: 'SIGQUIT',
    ...(user && { user }),
  })
  await service.start()
  const urlOf = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`
  return {
    url: urlOf('postgres'),
    port,
    stop: (mode = 'fast') => service.stop(stopSignals[mode]),
    start: () => service.start(),
    remove: () => service.remove(),
    async createDatabase(name) {
      const client = new Client({ connectionString: urlOf('postgres') })
      await client.connect()
      try {
        await client.query(`create database ${client.escapeIdentifier(name)}`)
      } finally {
        await client.end()
      }
      return urlOf(encodeURIComponent(name))
    },
  }
}

/** Command-line settings: reachable on 127.0.0.1 only, and no waiting for a disk. */
function settings(
  port: number,
  socketFolder: string,
  over: Readonly<Record<string, string | number>>,
): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketFolder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    timezone: 'UTC',
    ...over,
  }
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`])
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres` that its package created. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async flag => Number((await run('id', [flag, 'postgres'])).stdout)),
  )
  if (!uid || !gid) throw new Error('PostgreSQL cannot run as root, and there is no user "postgres"')
  return { uid, gid }
}
