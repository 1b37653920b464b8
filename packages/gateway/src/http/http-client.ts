import type { ServerResponse } from 'node:http'
import type { SluiceError } from 'sluice/internal'
import type { ReturningClient } from '../resume/continue-stream.ts'
import type { StreamFacts } from '../resume/stream-facts.ts'
import { type Client, JSON_TYPE, type ReplyHead } from '../steps/client.ts'
import { ChunkedWriter } from './chunked-writer.ts'
import { HangUp } from './hang-up.ts'
import { errorHeaders, type HeaderLines, replyHeaders, resumedHeaders } from './headers.ts'

/** Bodies up to this size are copied to save a system call. */
const JOINED_BYTES = 64 * 1024

/** A client behind a Node response. */
export class HttpClient implements Client, ReturningClient {
  readonly signal: HangUp
  private readonly response: ServerResponse
  private readonly now: () => number
  private stream: ChunkedWriter | undefined

  constructor(response: ServerResponse, now: () => number) {
    this.response = response
    this.now = now
    this.signal = new HangUp(response)
  }

  send(status: number, head: ReplyHead, body: string | Buffer, contentType: string): void {
    this.whole(status, replyHeaders(head, this.now()), body, contentType)
  }

  fail(error: SluiceError, body: string | Buffer, head: ReplyHead): void {
    this.whole(error.status, [...replyHeaders(head, this.now()), ...errorHeaders(error)], body, JSON_TYPE)
  }

  begin(head: ReplyHead, contentType: string): void {
    this.stream = this.beginStream(replyHeaders(head, this.now()), contentType)
  }

  resume(facts: StreamFacts): void {
    this.stream = this.beginStream(resumedHeaders(facts), facts.contentType)
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

  end(piece: string | Buffer): void {
    if (!this.response.destroyed) this.stream?.end(piece)
  }

  breakOff(): void {
    // Without the last chunk the body is damaged. HTTP/1.0 has no chunks: only a reset tells.
    if (this.stream?.framed) this.response.destroy()
    else this.response.socket?.resetAndDestroy()
  }

  private beginStream(lines: HeaderLines, contentType: string): ChunkedWriter {
    lines.push('content-type', contentType, 'cache-control', 'no-cache', 'x-accel-buffering', 'no')
    this.response.writeHead(200, lines)
    return new ChunkedWriter(this.response)
  }

  private whole(status: number, lines: string[], body: string | Buffer, contentType: string): void {
    if (this.response.destroyed) return
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    lines.push('content-type', contentType, 'content-length', String(length))
    this.response.writeHead(status, lines)
    // Node joins a string with the head into one write; a buffer would be a second one. Latin-1 keeps every byte.
    if (typeof body === 'string' || length > JOINED_BYTES) this.response.end(body)
    else this.response.end(body.toString('latin1'), 'latin1')
  }
}
