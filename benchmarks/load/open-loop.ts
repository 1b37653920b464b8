import { Connection } from './connection.ts'
import type { LoadCommand, LoadResult } from './protocol.ts'
import { Tally } from './tally.ts'

const warmConnections = 8
const connectionLimit = 256
/** Connections are open and warm before the first request is due. */
const headStartMs = 50
/** A timer may be a millisecond late; the rest of the way to a due time is spun. */
const spinMs = 1.5

/**
 * Sends at fixed times whatever the replies do, and counts latency from the time a request was due: a server that
 * stalls is charged for every request that had to wait (no coordinated omission).
 */
export function openLoop(command: LoadCommand & { kind: 'open' }): Promise<LoadResult> {
  return new Promise(resolve => new OpenLoop(command, resolve).start())
}

class OpenLoop {
  readonly #command: LoadCommand & { kind: 'open' }
  readonly #resolve: (result: LoadResult) => void
  readonly #tally = new Tally()
  readonly #total: number
  readonly #began = performance.now() + headStartMs
  readonly #idle: Connection[] = []
  /** Due times of requests that found every connection busy. */
  readonly #waiting: number[] = []
  #connections = 0
  #sent = 0
  #ended = 0

  constructor(command: LoadCommand & { kind: 'open' }, resolve: (result: LoadResult) => void) {
    this.#command = command
    this.#resolve = resolve
    this.#total = Math.max(1, Math.floor((command.perSecond * command.milliseconds) / 1_000))
  }

  start(): void {
    for (let count = 0; count < warmConnections; count++) this.#connect(opened => this.#idle.push(opened))
    this.#tick()
  }

  #tick(): void {
    while (this.#sent < this.#total && performance.now() >= this.#due()) this.#dispatch(this.#due())
    if (this.#sent >= this.#total) return
    const left = this.#due() - performance.now() - spinMs
    if (left > 1) setTimeout(() => this.#tick(), left)
    else setImmediate(() => this.#tick())
  }

  /** When the next request is due. */
  #due(): number {
    return this.#began + (this.#sent * 1_000) / this.#command.perSecond
  }

  #dispatch(due: number): void {
    this.#sent++
    const connection = this.#idle.pop()
    if (connection) this.#send(connection, due)
    else if (this.#connections < connectionLimit) this.#connect(opened => this.#send(opened, due))
    else this.#waiting.push(due)
  }

  #connect(onOpen: (connection: Connection) => void): void {
    this.#connections++
    const connection: Connection = new Connection(
      this.#command.port,
      error => {
        this.#connections--
        const at = this.#idle.indexOf(connection)
        if (at >= 0) {
          this.#idle.splice(at, 1)
          return
        }
        this.#tally.fail(error.message)
        this.#finish()
      },
      () => onOpen(connection),
    )
  }

  #send(connection: Connection, due: number): void {
    connection.send(this.#command.request, reply => {
      this.#tally.reply(reply, due)
      const late = this.#waiting.shift()
      if (late === undefined) this.#idle.push(connection)
      else this.#send(connection, late)
      this.#finish()
    })
  }

  #finish(): void {
    if (++this.#ended < this.#total) return
    for (const connection of this.#idle) connection.close()
    this.#resolve(this.#tally.result())
  }
}
