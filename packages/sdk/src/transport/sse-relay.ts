import { createError } from '../errors.ts'
import type { RelayTap } from '../types/stream.ts'

const MAX_FRAME_BYTES = 16 * 1024 * 1024
const BLANK = '\n\n'

/**
 * Passes whole SSE frames on as the very bytes that came, while `tap` looks at each. A frame cut by the network waits
 * for its end, so a broken stream never leaves half an event at the client.
 */
export class SseRelay {
  private pending: Buffer | undefined
  private readonly tap: RelayTap

  constructor(tap: RelayTap) {
    this.tap = tap
  }

  /** Returns the bytes to forward now, if any. Throws what the tap throws. */
  push(read: Buffer): Buffer | undefined {
    const bytes = this.pending ? Buffer.concat([this.pending, read]) : read
    // Latin-1 maps bytes to characters one to one, so positions in the text are positions in the bytes.
    const text = bytes.toString('latin1')
    if (text.includes('\r')) return this.pushWithCarriageReturns(bytes, text)
    let start = 0
    let keepFrom = 0
    let kept: Buffer[] | undefined
    for (let end = text.indexOf(BLANK); end !== -1; end = text.indexOf(BLANK, start)) {
      const forward =
        end === start ||
        this.tap.push(start === 0 && end + 2 === text.length ? text.slice(0, -2) : text.slice(start, end))
      const next = end + 2
      if (!forward) {
        kept ??= []
        if (start > keepFrom) kept.push(bytes.subarray(keepFrom, start))
        keepFrom = next
      }
      start = next
    }
    this.hold(bytes, start)
    if (kept === undefined)
      return start === 0 ? undefined : start === bytes.length ? bytes : bytes.subarray(0, start)
    if (start > keepFrom) kept.push(bytes.subarray(keepFrom, start))
    return kept.length === 0 ? undefined : kept.length === 1 ? kept[0] : Buffer.concat(kept)
  }

  /** Rare: line ends with CR are made LF first, then take the usual way. */
  private pushWithCarriageReturns(bytes: Buffer, text: string): Buffer | undefined {
    const heldBack = text.endsWith('\r') ? 1 : 0
    const whole = heldBack ? text.slice(0, -1) : text
    this.pending = undefined
    const out = this.push(Buffer.from(whole.replaceAll('\r\n', '\n').replaceAll('\r', '\n'), 'latin1'))
    if (heldBack) {
      const tail = bytes.subarray(bytes.length - 1)
      const before = this.pending as Buffer | undefined
      this.pending = before ? Buffer.concat([before, tail]) : tail
    }
    return out
  }

  /** The source ended. Throws when the answer was not complete. */
  end(): void {
    this.tap.end()
  }

  private hold(bytes: Buffer, from: number): void {
    if (from === bytes.length) {
      this.pending = undefined
      return
    }
    if (bytes.length - from > MAX_FRAME_BYTES)
      throw createError({
        kind: 'bad_gateway',
        message: `The provider sent an event of more than ${MAX_FRAME_BYTES} bytes.`,
      })
    // A copy: a slice would pin the whole socket buffer while the rest is awaited.
    this.pending = Buffer.from(bytes.subarray(from))
  }
}
