import { connect, type Socket } from 'node:net'
import { ResponseParser } from './response-parser.ts'

/** One reply: times from `performance.now()`. */
export interface Reply {
  readonly status: number
  readonly bodyBytes: number
  readonly firstByteAt: number
  readonly endedAt: number
  readonly excerpt: string
}

// Replies are only counted, so one read buffer serves every connection of the process.
const readBuffer = Buffer.allocUnsafe(256 * 1_024)

/** A keep-alive connection with at most one request under way. */
export class Connection {
  readonly #socket: Socket
  readonly #parser = new ResponseParser()
  #firstByteAt = 0
  #onReply: ((reply: Reply) => void) | undefined
  #onFirstByte: (() => void) | undefined
  readonly #onError: (error: Error) => void

  /** `onError` is told once, when the connection breaks or sends nonsense; it is unusable then. */
  constructor(port: number, onError: (error: Error) => void, onOpen?: () => void) {
    this.#onError = onError
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: readBuffer, callback: length => this.#read(length) },
    })
    this.#socket.on('error', error => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed')))
    if (onOpen) this.#socket.once('connect', onOpen)
  }

  send(request: Uint8Array, onReply: (reply: Reply) => void, onFirstByte?: () => void): void {
    this.#onReply = onReply
    this.#onFirstByte = onFirstByte
    this.#firstByteAt = 0
    this.#socket.write(request)
  }

  close(): void {
    this.#onReply = undefined
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #read(length: number): boolean {
    try {
      const ended = this.#parser.push(readBuffer.subarray(0, length))
      if (this.#firstByteAt === 0 && this.#parser.bodyBytes > 0) {
        this.#firstByteAt = performance.now()
        this.#onFirstByte?.()
      }
      if (ended) this.#finish()
    } catch (error) {
      this.#fail(error as Error)
    }
    return true
  }

  #finish(): void {
    const { status, bodyBytes, excerpt } = this.#parser
    const onReply = this.#onReply
    this.#onReply = undefined
    const endedAt = performance.now()
    onReply?.({ status, bodyBytes, excerpt, firstByteAt: this.#firstByteAt || endedAt, endedAt })
    this.#parser.bodyBytes = 0
  }

  #fail(error: Error): void {
    this.close()
    this.#onError(error)
  }
}
