import { Worker } from 'node:worker_threads'
import { databaseUnavailable } from '../database-error.ts'
import type { Log } from '../log.ts'
import type { WorkerOptions, WorkerReply, WorkerRequest } from './protocol.ts'
import { sqliteError } from './result-code.ts'

/** Milliseconds before another worker is tried when the last one never answered: the file may be beyond help. */
const RESTART_PAUSE_MS = 1000

interface Waiting {
  resolve(reply: WorkerReply): void
  reject(error: Error): void
}

/**
 * Talks to the worker thread. When the worker dies, whatever it had not answered rejects with
 * `ServiceUnavailableError`, and the next request starts a new one.
 */
export class WorkerClient {
  /** Grows with every worker started, so that a transaction cannot go on in another worker than it began in. */
  generation = 0
  readonly #options: WorkerOptions
  readonly #log: Log
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false
  #answered = false
  #notBefore = 0

  constructor(options: WorkerOptions, log: Log) {
    this.#options = options
    this.#log = log
  }

  /** Makes sure that a worker runs and says which one. Throws `ServiceUnavailableError` when it cannot. */
  ensure(): number {
    if (this.#worker === undefined) {
      if (performance.now() < this.#notBefore) throw databaseUnavailable(new Error('the worker cannot start'))
      this.#start()
    }
    return this.generation
  }

  /** Rejects with `ServiceUnavailableError` when the worker of that generation is gone. */
  send(generation: number, request: Omit<WorkerRequest, 'id'>): Promise<WorkerReply> {
    const worker = this.#worker
    if (worker === undefined || generation !== this.generation) return Promise.reject(databaseUnavailable())
    const id = this.#nextId++
    return new Promise<WorkerReply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      if (this.#waiting.size === 1) worker.ref()
      worker.postMessage({ id, ...request } satisfies WorkerRequest)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const worker = this.#worker
    if (worker === undefined) return
    const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
    try {
      await this.send(this.generation, { kind: 'close' })
    } catch (error) {
      this.#log.warn({ err: error }, 'the database worker did not close in good order')
      await worker.terminate()
    }
    await gone
  }

  /** Ends the worker as a crash would. */
  kill(): void {
    void this.#worker?.terminate()
  }

  #start(): void {
    if (this.#closed) throw databaseUnavailable(new Error('the database is closed'))
    const worker = new Worker(workerUrl(), { workerData: this.#options, execArgv: [], name: 'sqlite' })
    this.generation++
    this.#answered = false
    this.#worker = worker
    worker.unref()
    worker.on('message', (reply: WorkerReply) => this.#settle(worker, reply))
    worker.on('error', (error: Error) => this.#lost(worker, error))
    worker.on('exit', code => this.#lost(worker, new Error(`the database worker ended with code ${code}`)))
  }

  #settle(worker: Worker, reply: WorkerReply): void {
    this.#answered = true
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    // While closing, the process must stay until the worker is gone.
    if (this.#waiting.size === 0 && !this.#closed) worker.unref()
    if (reply.error === undefined) waiting.resolve(reply)
    else waiting.reject(sqliteError(reply.error))
  }

  #lost(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    if (!this.#answered) this.#notBefore = performance.now() + RESTART_PAUSE_MS
    if (!this.#closed) this.#log.error({ err: error }, 'the database worker died; a new one starts')
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const one of waiting) one.reject(databaseUnavailable(error))
  }
}

/** The worker beside this file: as source under type stripping, as its own bundle once built. */
function workerUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./worker.ts', import.meta.url)
    : new URL('./sqlite-worker.js', import.meta.url)
}
