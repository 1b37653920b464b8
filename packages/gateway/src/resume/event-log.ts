/** Events are kept in blocks of this many bytes: buffers of their own would each pin a slab of Node's pool. */
const BLOCK_BYTES = 16 * 1024
/** What keeping one event costs besides its bytes. */
const ENTRY_BYTES = 8

/** Consecutive events as they go out. */
export interface Slice {
  readonly bytes: Buffer
  /** Number of the last event in it. */
  readonly last: number
}

interface LogBlock {
  bytes: Buffer
  used: number
  /** Number of its first event. */
  readonly first: number
  /** Where each of its events ends. */
  readonly ends: number[]
}

/** The last events of a stream, numbered from 1, in blocks that are written once and read by everyone. */
export class EventLog {
  private readonly resized: (bytes: number) => void
  private blocks: LogBlock[] = []
  private held = 0
  private next = 1

  /** `resized` is told by how many bytes the log has grown or, below 0, shrunk. */
  constructor(resized: (bytes: number) => void) {
    this.resized = resized
  }

  /** Number of the newest event; 0 before the first. */
  get newest(): number {
    return this.next - 1
  }

  /** Number of the oldest event that is still there, `newest + 1` when there is none. */
  get oldest(): number {
    return this.blocks[0]?.first ?? this.next
  }

  /** Bytes of memory. */
  get size(): number {
    return this.held
  }

  /** Bytes of memory that one more event of this length would take. */
  growth(length: number): number {
    return this.fits(length) ? ENTRY_BYTES : Math.max(BLOCK_BYTES, length) + ENTRY_BYTES
  }

  /** Adds `head`, `line` and `tail` as one event. */
  append(head: Buffer, line: string, tail: Buffer): void {
    const length = head.length + Buffer.byteLength(line) + tail.length
    this.resize(this.growth(length))
    if (!this.fits(length)) this.blocks.push(emptyBlock(this.next, length))
    const block = this.blocks.at(-1) as LogBlock
    block.used += head.copy(block.bytes, block.used)
    block.used += block.bytes.write(line, block.used)
    block.used += tail.copy(block.bytes, block.used)
    block.ends.push(block.used)
    this.next++
  }

  /** Events from `number` on, as many as lie together; undefined when there is none, or `number` was dropped. */
  from(number: number): Slice | undefined {
    if (number < this.oldest || number >= this.next) return undefined
    // Readers are mostly at the end.
    for (let index = this.blocks.length - 1; index >= 0; index--) {
      const block = this.blocks[index] as LogBlock
      if (block.first > number) continue
      const start = number === block.first ? 0 : (block.ends[number - block.first - 1] as number)
      return { bytes: block.bytes.subarray(start, block.used), last: block.first + block.ends.length - 1 }
    }
    return undefined
  }

  /** Number of the last event that `dropOldest` would take away; undefined when only what is being written is left. */
  get lastOfOldest(): number | undefined {
    const [oldest] = this.blocks
    return oldest && this.blocks.length > 1 ? oldest.first + oldest.ends.length - 1 : undefined
  }

  dropOldest(): void {
    const block = this.blocks.shift()
    if (block) this.resize(-(block.bytes.length + block.ends.length * ENTRY_BYTES))
  }

  /** Nothing more comes: gives back the room kept for it. */
  close(): void {
    const block = this.blocks.at(-1)
    if (block === undefined) return
    this.resize(block.used - block.bytes.length)
    const bytes = Buffer.allocUnsafeSlow(block.used)
    block.bytes.copy(bytes, 0, 0, block.used)
    block.bytes = bytes
  }

  /** Forgets every event. */
  clear(): void {
    this.blocks = []
    this.resize(-this.held)
  }

  private resize(bytes: number): void {
    this.held += bytes
    this.resized(bytes)
  }

  private fits(length: number): boolean {
    const block = this.blocks.at(-1)
    return block !== undefined && block.bytes.length - block.used >= length
  }
}

function emptyBlock(first: number, atLeast: number): LogBlock {
  return { bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, atLeast)), used: 0, first, ends: [] }
}
