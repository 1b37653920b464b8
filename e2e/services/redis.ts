import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort, ServiceProcess } from './service-process.ts'

export interface Redis {
  /** Connection URL of database 0; the same after a restart. */
  readonly url: string
  readonly port: number
  /** Nothing is kept on disk: after stop and start it is empty. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops for good. */
  remove(): Promise<void>
}

/** Starts a Redis (or Valkey) of our own on a free port, without persistence. `args` are further ones of the server. */
export async function startRedis(args: readonly string[] = []): Promise<Redis> {
  const command = findProgram('redis-server', 'valkey-server')
  if (!command) throw new Error('Redis is not installed: neither redis-server nor valkey-server was found')
  const folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'))
  const port = await freePort()
  const service = new ServiceProcess({
    name: 'Redis',
    command,
    args: `--port ${port} --bind 127.0.0.1 --appendonly no --dir ${folder} --save`
      .split(' ')
      .concat('', args),
    folder,
    readyLine: 'eady to accept connections',
    killSignal: 'SIGKILL',
  })
  await service.start()
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    stop: () => service.stop('SIGTERM'),
    start: () => service.start(),
    remove: () => service.remove(),
  }
}
