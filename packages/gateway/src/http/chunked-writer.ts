import type { ServerResponse } from 'node:http'

/**
 * Writes the pieces of a chunked answer as one string each: Node would hand size, data and line end to the socket as
 * buffers of their own, which costs more than all we do with an event. The head must already be in place.
 */
export class ChunkedWriter {
  private readonly response: ServerResponse
  /** HTTP/1.0 has no chunks: its answers end with the connection. */
  readonly framed: boolean

  constructor(response: ServerResponse) {
    this.response = response
    this.framed = response.chunkedEncoding
    response.chunkedEncoding = false
  }

  /** False when the client should be given time to read. */
  write(piece: string | Buffer): boolean {
    if (piece.length === 0) return true
    // Latin-1 maps bytes to characters and back one to one, so a buffer's bytes arrive as they are.
    if (typeof piece !== 'string')
      return this.response.write(this.frame(piece.length, piece.toString('latin1')), 'latin1')
    return this.response.write(this.frame(Buffer.byteLength(piece), piece))
  }

  end(piece: string | Buffer): void {
    if (typeof piece !== 'string') {
      this.write(piece)
      return this.end('')
    }
    const last = piece === '' ? '' : this.frame(Buffer.byteLength(piece), piece)
    this.response.end(this.framed ? `${last}0\r\n\r\n` : last)
  }

  private frame(bytes: number, text: string): string {
    return this.framed ? `${bytes.toString(16)}\r\n${text}\r\n` : text
  }
}
