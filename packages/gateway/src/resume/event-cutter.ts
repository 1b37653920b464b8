const LF = 10
const CR = 13
const COLON = 58

/** What stands between two blank lines of an event stream, the second one included. */
export interface Block {
  readonly bytes: Buffer
  /** False for comments and stray blank lines, which no client is shown. */
  readonly isEvent: boolean
  /** Bytes of the blank line at its end: 1, 2, or 0 where the stream ended without one. */
  readonly blankBytes: number
}

/**
 * Cuts the bytes of an SSE stream where its events end, however the network cut them: within a character, or between
 * the CR and the LF of a line end. Looks at every byte once, and copies only what arrived in several pieces.
 */
export class EventCutter {
  private held: Buffer[] = []
  /** The next byte begins a line. */
  private atLineStart = true
  /** The byte before was a CR: an LF now is the rest of its line end. */
  private afterCr = false
  /** A blank line's CR was the byte before: the block ends there, or with the LF that follows. */
  private ended = false
  private isEvent = false

  /** The blocks that these bytes complete. They are views of the bytes given. */
  push(bytes: Buffer): Block[] {
    const blocks: Block[] = []
    const hasCr = this.afterCr || bytes.includes(CR)
    const start = hasCr ? this.pushBytes(bytes, blocks) : this.pushLines(bytes, blocks)
    if (start < bytes.length) this.held.push(bytes.subarray(start))
    return blocks
  }

  /** The usual way, from line end to line end. Gives where the last block begins that is not whole. */
  private pushLines(bytes: Buffer, blocks: Block[]): number {
    let start = 0
    let line = 0
    for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, line)) {
      if (this.atLineStart && lf === line) {
        blocks.push(this.cut(bytes.subarray(start, lf + 1), 1))
        start = lf + 1
      } else this.step(bytes[line] as number)
      this.atLineStart = true
      line = lf + 1
    }
    if (line < bytes.length) this.step(bytes[line] as number)
    return start
  }

  /** Line ends may be CR, LF or both. */
  private pushBytes(bytes: Buffer, blocks: Block[]): number {
    let start = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (byte === LF) {
        const isRest = this.afterCr
        const isBlank = isRest ? this.ended : this.atLineStart
        this.afterCr = false
        this.atLineStart = true
        if (!isBlank) continue
        blocks.push(this.cut(bytes.subarray(start, at + 1), isRest ? 2 : 1))
        start = at + 1
        continue
      }
      if (this.ended) {
        blocks.push(this.cut(bytes.subarray(start, at), 1))
        start = at
      }
      this.step(byte)
    }
    return start
  }

  /** What was left when the stream ended; clients throw away an event without its blank line. */
  end(): Block | undefined {
    if (this.held.length === 0) return undefined
    return this.cut(NOTHING, this.ended ? 1 : 0)
  }

  private step(byte: number): void {
    if (byte === CR) {
      this.ended = this.atLineStart
      this.afterCr = this.atLineStart = true
      return
    }
    if (this.atLineStart && byte !== COLON) this.isEvent = true
    this.afterCr = this.atLineStart = false
  }

  private cut(last: Buffer, blankBytes: number): Block {
    const bytes = this.held.length === 0 ? last : Buffer.concat([...this.held, last])
    const block = { bytes, isEvent: this.isEvent, blankBytes }
    this.held = []
    this.atLineStart = true
    this.afterCr = this.ended = this.isEvent = false
    return block
  }
}

const NOTHING = Buffer.alloc(0)
