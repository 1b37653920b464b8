import { createError } from '../../errors.ts'
import type { RelayTap } from '../../types/stream.ts'

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
        this.show(start === 0 && end + 2 === text.length ? text.slice(0, -2) : text.slice(start, end))
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

  /** The source ended. Returns the end mark, if that is all it left out; throws when the answer was not complete. */
  end(): Buffer | undefined {
    this.tap.end()
    return this.tap.missing === undefined ? undefined : Buffer.from(this.tap.missing)
  }

  /** Taps know `data:` alone or after `event:`. Other lines are legal too, and an event without data is none. */
  private show(frame: string): boolean {
    if (frame.startsWith('data:')) return this.tap.push(frame)
    const second = frame.indexOf('\n') + 1
    if (second > 0 && frame.startsWith('event:') && frame.startsWith('data:', second))
      return this.tap.push(frame)
    const lines = frame.split('\n').filter(line => line.startsWith('data:') || line.startsWith('event:'))
    if (!lines.some(line => line.startsWith('data:'))) return true
    return this.tap.push(lines.sort(eventFirst).join('\n'))
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

function eventFirst(a: string, b: string): number {
  return Number(b.startsWith('event:')) - Number(a.startsWith('event:'))
}
