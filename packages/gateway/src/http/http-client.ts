import type { ServerResponse } from 'node:http'
import type { SluiceError } from 'sluice/internal'
import type { Client, ReplyHead } from '../steps/client.ts'
import { ChunkedWriter } from './chunked-writer.ts'
import { HangUp } from './hang-up.ts'
import { errorHeaders, replyHeaders } from './headers.ts'

const JSON_TYPE = 'application/json'
/** Bodies up to this size are copied to save a system call. */
const JOINED_BYTES = 64 * 1024
const SSE_TYPE = 'text/event-stream; charset=utf-8'

/** A client behind a Node response. */
export class HttpClient implements Client {
  readonly signal: HangUp
  private readonly response: ServerResponse
  private readonly now: () => number
  private stream: ChunkedWriter | undefined

  constructor(response: ServerResponse, now: () => number) {
    this.response = response
    this.now = now
    this.signal = new HangUp(response)
  }

  send(status: number, head: ReplyHead, body: string | Buffer): void {
    this.whole(status, replyHeaders(head, this.now()), body)
  }

  fail(error: SluiceError, body: string, head: ReplyHead): void {
    this.whole(error.status, [...replyHeaders(head, this.now()), ...errorHeaders(error)], body)
  }

  begin(head: ReplyHead): void {
    const lines = replyHeaders(head, this.now())
    lines.push('content-type', SSE_TYPE, 'cache-control', 'no-cache', 'x-accel-buffering', 'no')
    this.response.writeHead(200, lines)
    this.stream = new ChunkedWriter(this.response)
  }

  write(piece: string | Buffer): undefined | Promise<void> {
    const { response } = this
    if (response.destroyed || this.stream?.write(piece)) return undefined
    return new Promise(resolve => {
      const go = () => {
        response.off('drain', go)
        response.off('close', go)
        resolve()
      }
      response.on('drain', go)
      response.on('close', go)
    })
  }

  end(piece: string): void {
    if (!this.response.destroyed) this.stream?.end(piece)
  }

  private whole(status: number, lines: string[], body: string | Buffer): void {
    if (this.response.destroyed) return
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    lines.push('content-type', JSON_TYPE, 'content-length', String(length))
    this.response.writeHead(status, lines)
    // Node joins a string with the head into one write; a buffer would be a second one. Latin-1 keeps every byte.
    if (typeof body === 'string' || length > JOINED_BYTES) this.response.end(body)
    else this.response.end(body.toString('latin1'), 'latin1')
  }
}
