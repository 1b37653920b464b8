type State = 'head' | 'fixed' | 'size' | 'chunk' | 'chunk-end' | 'trailer'

const headEnd = Buffer.from('\r\n\r\n')
const lineFeed = 10

/** Reads one HTTP/1.1 response after another from a connection, keeping nothing but counts. */
export class ResponseParser {
  status = 0
  /** Bytes of the body so far, without HTTP's chunk framing. */
  bodyBytes = 0
  /** The beginning of the body of a reply that is no 200: for the error message. */
  excerpt = ''
  #state: State = 'head'
  #head: Buffer | undefined
  #line = ''
  #left = 0

  /** Takes bytes in; true when they ended the response. Throws on anything that is not the end or a part of one. */
  push(bytes: Buffer): boolean {
    let at = this.#state === 'head' ? this.#readHead(bytes) : 0
    while (at < bytes.length) {
      if (this.#state === 'fixed' || this.#state === 'chunk') {
        at = this.#readBody(bytes, at)
        if (this.#state === 'fixed' && this.#left === 0) return this.#finish(bytes, at)
      } else {
        const end = bytes.indexOf(lineFeed, at)
        this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end)
        if (end < 0) return false
        at = end + 1
        if (this.#endLine()) return this.#finish(bytes, at)
      }
    }
    return this.#state === 'fixed' && this.#left === 0 ? this.#finish(bytes, at) : false
  }

  #readHead(bytes: Buffer): number {
    const before = this.#head?.length ?? 0
    const all = this.#head ? Buffer.concat([this.#head, bytes]) : bytes
    const end = all.indexOf(headEnd)
    if (end < 0) {
      // The caller reuses its read buffer, so what is kept is a copy.
      this.#head = Buffer.from(all)
      return bytes.length
    }
    this.#head = undefined
    const head = all.toString('latin1', 0, end).toLowerCase()
    this.status = Number(head.slice(9, 12))
    this.bodyBytes = 0
    this.excerpt = ''
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1]
    if (length !== undefined) {
      this.#state = 'fixed'
      this.#left = Number(length)
    } else if (/\r\ntransfer-encoding: *chunked/.test(head)) {
      this.#state = 'size'
    } else {
      throw new Error(`a response without length: ${head.slice(0, 200)}`)
    }
    return end + headEnd.length - before
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    if (this.status !== 200 && this.excerpt.length < 200) this.excerpt += bytes.toString('utf8', at, end)
    this.bodyBytes += end - at
    this.#left -= end - at
    if (this.#state === 'chunk' && this.#left === 0) this.#state = 'chunk-end'
    return end
  }

  #endLine(): boolean {
    const line = this.#line
    this.#line = ''
    if (this.#state === 'chunk-end') {
      this.#state = 'size'
    } else if (this.#state === 'size') {
      this.#left = Number.parseInt(line, 16)
      if (Number.isNaN(this.#left)) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`)
      this.#state = this.#left === 0 ? 'trailer' : 'chunk'
    } else {
      return line === '\r'
    }
    return false
  }

  #finish(bytes: Buffer, at: number): true {
    if (at < bytes.length) throw new Error(`${bytes.length - at} bytes after the end of a response`)
    this.#state = 'head'
    return true
  }
}
