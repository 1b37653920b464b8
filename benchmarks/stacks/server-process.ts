import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A server in a process of its own, which is ended with this process at the latest. */
export interface ServerProcess {
  readonly pid: number
  /** From spawning to the first 200 of the health check, in milliseconds. */
  readonly readyMs: number
  close(): Promise<void>
}

export interface ServerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly port: number
  readonly healthPath: string
  readonly healthHeaders?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

const running = new Set<ChildProcess>()

/** Starts a server and waits until it is healthy. Throws with the end of its output when it is not. */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const began = performance.now()
  const child = spawn(server.command, server.args, {
    ...(server.cwd !== undefined && { cwd: server.cwd }),
    // Nothing of this machine's environment: a key or a proxy setting would change what is measured.
    env: { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin`, ...server.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000)
    })
  }
  const exited = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', error => {
      output += error.message
      resolve()
    })
  }).then(() => running.delete(child))
  const close = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(timer)
  }
  const deadline = began + (server.timeoutMs ?? 20_000)
  while (!(await isHealthy(server))) {
    if (!running.has(child) || performance.now() > deadline) {
      if (running.has(child)) await close()
      throw new Error(`${server.name} did not start:\n${output}`)
    }
    await wait(2)
  }
  return { pid: child.pid ?? 0, readyMs: performance.now() - began, close }
}

/** Ends every server at once, without waiting: for the end of this process. */
export function killServers(): void {
  for (const child of running) child.kill('SIGTERM')
}

/** One GET on a connection of its own; anything but a 200 is false. */
function isHealthy({ port, healthPath, healthHeaders = {} }: ServerCommand): Promise<boolean> {
  const headers = Object.entries({ host: '127.0.0.1', connection: 'close', ...healthHeaders })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(2_000, () => socket.destroy())
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes.toString('latin1', 0, 12) === 'HTTP/1.1 200')
      socket.destroy()
    })
    socket.write(`GET ${healthPath} HTTP/1.1\r\n${lines}\r\n`)
  })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Runs a command to its end and gives what it printed on both outputs. Throws when it fails or is not there. */
export function outputOf(command: string, args: readonly string[], cwd?: string): string {
  return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], {
    encoding: 'utf8',
    timeout: 600_000,
    ...(cwd !== undefined && { cwd }),
  })
}
