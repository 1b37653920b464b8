/** The text of one row, or what is wrong at its place; `line` is where it begins, from 1. */
export type FoundRow =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: string }

/** Bytes of one row: prompts may be stored in them. */
const MOST_ROW_BYTES = 64 * 1024 * 1024

const [TAB, LF, CR, SPACE, QUOTE, COMMA, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5c]
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, COLON] = [0x5b, 0x5d, 0x7b, 0x7d, 0x3a]

/**
 * Finds rows in pieces of a file: JSON Lines, an array of rows, a page (`{"data": [row …], …}`), or several of these one
 * after another. A row that is broken is told and does not take those after it along.
 */
export class RowSplitter {
  private found: FoundRow[] = []
  private line = 1
  private depth = 0
  private isText = false
  /** The next byte belongs to an escape. */
  private isEscaped = false
  /** Rows stand at this depth: 0 for lines, 1 in an array, 2 in a page's `data`. */
  private rowDepth = 0
  private isInRow = false
  private rowLine = 1
  private parts: Buffer[] = []
  private bytes = 0
  /** The last text of the outermost object, while it may turn out to be a page. */
  private key = ''
  private keyFrom = -1
  private keyPart = ''
  private isGarbage = false

  push(chunk: Buffer): FoundRow[] {
    let from = this.isInRow ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (byte === LF) {
        this.line++
        this.isGarbage = false
        if (this.isText || this.beginsAnew(chunk, at)) from = this.giveUp()
        continue
      }
      if (this.isGarbage) continue
      if (this.isText) {
        at = this.text(chunk, at)
        continue
      }
      if (byte === QUOTE) this.beginText(at)
      else if (byte === OPEN) {
        if (!this.isInRow && this.depth === this.rowDepth) from = this.begin(at)
        this.depth++
      } else if (byte === OPEN_LIST) {
        if (this.depth === 0) this.rowDepth = 1
        else if (this.depth === 1 && this.rowDepth === 0 && this.key === PAGE_KEY) from = this.turnIntoPage()
        this.depth++
      } else if (byte === CLOSE || byte === CLOSE_LIST) from = this.close(chunk, from, at)
      else if (this.depth === 0 && !isBetween(byte)) this.garbage()
    }
    // A text that begins with the next chunk begins at its first byte.
    if (this.keyFrom === chunk.length) this.keyFrom = 0
    if (this.isInRow) this.keep(chunk.subarray(Math.max(0, from)))
    return this.take()
  }

  /** The file ends. */
  end(): FoundRow[] {
    if (this.isInRow) this.found.push({ line: this.rowLine, problem: 'the file ends inside this row' })
    return this.take()
  }

  private take(): FoundRow[] {
    const { found } = this
    this.found = []
    return found
  }

  private begin(at: number): number {
    this.isInRow = true
    this.rowLine = this.line
    this.parts = []
    this.bytes = 0
    return at
  }

  private beginText(at: number): void {
    this.isText = true
    this.keyFrom = this.depth === 1 && this.rowDepth === 0 ? at + 1 : -1
    this.keyPart = ''
    if (this.depth === 0) this.garbage()
  }

  /** Goes to the end of a text, or of the chunk, or to where a line ends inside it; answers with the last byte read. */
  private text(chunk: Buffer, begin: number): number {
    for (let at = begin; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.isEscaped) this.isEscaped = false
      else if (byte === BACKSLASH) this.isEscaped = true
      else if (byte === LF) return at - 1
      else if (byte === QUOTE) {
        this.isText = false
        if (this.keyFrom >= 0) this.key = this.keyPart + this.keyPiece(chunk, at)
        return at
      }
    }
    if (this.keyFrom >= 0) {
      this.keyPart += this.keyPiece(chunk, chunk.length)
      this.keyFrom = 0
    }
    return chunk.length
  }

  /** As much of a text as it takes to see whether it is the key that is looked for. */
  private keyPiece(chunk: Buffer, end: number): string {
    return chunk.toString('latin1', this.keyFrom, Math.min(end, this.keyFrom + PAGE_KEY.length + 1))
  }

  /** What looked like a row is a page: its `data` holds the rows. */
  private turnIntoPage(): number {
    this.rowDepth = 2
    this.isInRow = false
    this.parts = []
    return -1
  }

  private close(chunk: Buffer, from: number, at: number): number {
    if (this.depth === 0) return this.garbage()
    this.depth--
    if (this.isInRow && this.depth === this.rowDepth) {
      this.keep(chunk.subarray(Math.max(0, from), at + 1))
      this.isInRow = false
      this.key = ''
      const tooLarge = this.bytes > MOST_ROW_BYTES
      this.found.push(
        tooLarge
          ? { line: this.rowLine, problem: `it has more than ${MOST_ROW_BYTES} bytes` }
          : { line: this.rowLine, text: Buffer.concat(this.parts).toString('utf8') },
      )
      this.parts = []
    } else if (!this.isInRow && this.depth < this.rowDepth)
      this.rowDepth = this.depth === 0 ? 0 : this.rowDepth
    return from
  }

  /** A line that begins with `{` inside a row of JSON Lines: the row before it was not finished. */
  private beginsAnew(chunk: Buffer, at: number): boolean {
    return this.isInRow && this.rowDepth === 0 && chunk[at + 1] === OPEN
  }

  private giveUp(): number {
    this.isText = false
    this.isEscaped = false
    if (!this.isInRow) return -1
    this.found.push({ line: this.rowLine, problem: 'it is not finished when its line ends' })
    this.isInRow = false
    this.parts = []
    this.depth = this.rowDepth
    return -1
  }

  private garbage(): -1 {
    this.isGarbage = true
    this.isText = false
    this.found.push({ line: this.line, problem: 'it is not JSON' })
    return -1
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length
    if (this.bytes <= MOST_ROW_BYTES) this.parts.push(Buffer.from(piece))
    else this.parts = []
  }
}

/** Where a page keeps its rows. */
const PAGE_KEY = 'data'
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

function isBetween(byte: number): boolean {
  return (
    byte === SPACE ||
    byte === COMMA ||
    byte === CR ||
    byte === TAB ||
    byte === COLON ||
    BYTE_ORDER_MARK.includes(byte)
  )
}
