/** The most of a beginning that is held, in bytes as they came; a longer one goes out. */
const MOST_HELD = 65_536

/**
 * The beginning of a stream, held until it carries output: a preamble that turns into an error, or is cut, has given
 * the caller nothing yet, and may be asked for elsewhere.
 */
export class HeldBeginning<Item> {
  /** True once everything passes. */
  isOver = false
  private items: Item[] = []
  private size = 0

  /** What may pass now: all so far once it `isReal`, or is too much to be held; else nothing. `size`: bytes as they came. */
  add(items: readonly Item[], size: number, isReal: boolean): readonly Item[] {
    for (const item of items) this.items.push(item)
    this.size += size
    return isReal || this.size > MOST_HELD ? this.release() : NOTHING
  }

  /** The stream ended: whatever is held was all of it. */
  release(): readonly Item[] {
    const { items } = this
    this.isOver = true
    this.items = []
    return items
  }
}

const NOTHING: readonly never[] = []
