import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface GatewayOptions {
  /** YAML text, or an object that is written as JSON (which is YAML). */
  readonly config?: string | object
  /** The gateway's whole environment, besides `PATH` and the master key: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Default a free one. */
  readonly port?: number
  /** Kept when given, else a temporary one that `stop` removes. */
  readonly dataDirectory?: string
  /** Further command-line arguments. */
  readonly args?: readonly string[]
  /** The script to run; default what `SLUICE_TEST_GATEWAY` names, else the gateway's source. */
  readonly entry?: string
  /** How long to wait until it answers, default 30,000 ms. */
  readonly timeoutMs?: number
}

/** A gateway in a process of its own. */
export interface RunningGateway {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly url: string
  readonly port: number
  readonly masterKey: string
  readonly dataDirectory: string
  readonly process: ChildProcess
  /** The last 10,000 lines it wrote to standard output and error. */
  readonly logs: readonly string[]
  /** Sends the signal (default SIGTERM), waits for the exit and gives the exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

const source = fileURLToPath(new URL('../../gateway/src/cli.ts', import.meta.url))
const logLimit = 10_000

/** Starts a gateway and waits until it answers `/health/liveliness`. Throws with its log when it does not. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const scratch = await mkdtemp(join(tmpdir(), 'sluice-gateway-'))
  const dataDirectory = options.dataDirectory ?? join(scratch, 'data')
  const port = options.port ?? (await freePort())
  const masterKey = options.env?.LITELLM_MASTER_KEY ?? `sk-${randomBytes(16).toString('hex')}`
  const configFlags =
    options.config === undefined ? [] : ['--config', await writeConfig(scratch, options.config)]
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--data-directory', dataDirectory]
  const entry = options.entry ?? process.env['SLUICE_TEST_GATEWAY'] ?? source
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', entry, ...configFlags, ...flags, ...(options.args ?? [])],
    {
      env: { PATH: dirname(process.execPath), LITELLM_MASTER_KEY: masterKey, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  endWithUs(child)
  const logs = collectLogs(child)
  const exited = exitOf(child)
  const gateway: RunningGateway = {
    url: `http://127.0.0.1:${port}`,
    port,
    masterKey,
    dataDirectory,
    process: child,
    logs,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      const end = await exited
      await rm(scratch, { recursive: true, force: true })
      return end.code ?? end.signal
    },
  }
  try {
    await untilAlive(gateway, exited, options.timeoutMs ?? 30_000)
  } catch (error) {
    await gateway.stop('SIGKILL')
    throw error
  }
  return gateway
}

/** Children of ours that run. */
const running = new Set<ChildProcess>()

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Kills the child should our process exit before it: a test worker that ends early leaves no gateway behind. */
function endWithUs(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', killRunning)
  running.add(child)
  const forget = () => {
    running.delete(child)
    if (running.size === 0) process.off('exit', killRunning)
  }
  child.once('exit', forget)
  child.once('error', forget)
}

async function writeConfig(directory: string, config: string | object): Promise<string> {
  const path = join(directory, 'config.yaml')
  await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config, null, 2))
  return path
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

function collectLogs(child: ChildProcess): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      if (lines.length > logLimit) lines.splice(0, lines.length - logLimit)
    })
    stream?.on('end', () => {
      if (rest !== '') lines.push(rest)
    })
  }
  return lines
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise(resolve => {
    child.once('error', error => resolve({ code: null, signal: null, error }))
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

async function untilAlive(gateway: RunningGateway, exited: Promise<Exit>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let ended: Exit | undefined
  void exited.then(exit => {
    ended = exit
  })
  while (!(await isAlive(gateway.url))) {
    if (ended)
      throw new Error(`The gateway ended with ${exitText(ended)} before it answered:\n${tail(gateway.logs)}`)
    if (Date.now() > deadline) {
      throw new Error(`The gateway did not answer within ${timeoutMs} ms:\n${tail(gateway.logs)}`)
    }
    await wait(25)
  }
}

async function isAlive(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/liveliness`, { signal: AbortSignal.timeout(1_000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Refused or slow: it is still starting, and `untilAlive` has the deadline.
    return false
  }
}

function exitText({ code, signal, error }: Exit): string {
  return error ? `"${error.message}"` : signal ? `signal ${signal}` : `code ${code}`
}

function tail(logs: readonly string[]): string {
  return logs.slice(-50).join('\n')
}
