import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface ServiceOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Temporary folder of this service, removed with it. */
  readonly folder: string
  /** Part of the log line that says connections are accepted. */
  readonly readyLine: string
  /** Signal that ends the service at once, used when the test process exits. */
  readonly killSignal: NodeJS.Signals
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** A server program that a test starts, stops and starts again; it never outlives the test process. */
export class ServiceProcess {
  readonly #options: ServiceOptions
  #child: ChildProcess | undefined
  #log: string[] = []
  readonly #onExit = () => {
    this.#child?.kill(this.#options.killSignal)
    rmSync(this.#options.folder, { recursive: true, force: true })
  }

  constructor(options: ServiceOptions) {
    this.#options = options
    process.on('exit', this.#onExit)
  }

  /** Resolves when connections are accepted. Throws with the service's last log lines when it ends or takes 30 s. */
  async start(): Promise<void> {
    if (this.#child) return
    const { command, args, folder, user, name, readyLine } = this.#options
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...user,
    })
    this.#child = child
    this.#log = []
    const ready = Promise.withResolvers<void>()
    const fail = (reason: string) => {
      this.#child = undefined
      ready.reject(new Error(`${name} ${reason}. Its last lines:\n${this.#log.join('\n')}`))
    }
    child.on('error', error => fail(`could not be started (${error.message})`))
    child.on('exit', code => fail(`ended with code ${code}`))
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', line => {
        this.#log = [...this.#log.slice(-19), line]
        if (line.includes(readyLine)) ready.resolve()
      })
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('was not ready after 30 s')
    }, 30_000)
    try {
      await ready.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends `signal` and resolves when the process has ended. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
    this.#child = undefined
  }

  /** Stops for good and removes the service's folder. */
  async remove(): Promise<void> {
    await this.stop(this.#options.killSignal)
    process.off('exit', this.#onExit)
    rmSync(this.#options.folder, { recursive: true, force: true })
  }
}

/** A TCP port on 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the probe listened on no port')
  return address.port
}
