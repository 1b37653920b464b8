const OPEN = '<think>'
const CLOSE = '</think>'

export interface Parted {
  readonly text: string
  readonly thinking: string
}

/**
 * Parts the thinking from the answer where a model writes it in front, as `<think>…</think>`. Fed piece by piece; text
 * that might be half a tag is held back. Tags further on are the answer's own.
 */
export class ThinkTags {
  private state: 'before' | 'inside' | 'after' = 'before'
  private held = ''

  push(piece: string): Parted {
    if (this.state === 'after') return { text: piece, thinking: '' }
    this.held += piece
    if (this.state === 'before') {
      const begun = this.held.trimStart()
      if (!begun.startsWith(OPEN)) return OPEN.startsWith(begun) ? NOTHING : this.release()
      this.state = 'inside'
      this.held = begun.slice(OPEN.length)
    }
    const close = this.held.indexOf(CLOSE)
    if (close !== -1) {
      const thinking = this.held.slice(0, close)
      const text = this.held.slice(close + CLOSE.length).trimStart()
      this.held = ''
      this.state = 'after'
      return { text, thinking }
    }
    const safe = this.held.length - halfTag(this.held)
    const thinking = this.held.slice(0, safe)
    this.held = this.held.slice(safe)
    return { text: '', thinking }
  }

  /** What was held back. */
  end(): Parted {
    const { held, state } = this
    this.held = ''
    return state === 'inside' ? { text: '', thinking: held } : { text: held, thinking: '' }
  }

  private release(): Parted {
    const text = this.held
    this.held = ''
    this.state = 'after'
    return { text, thinking: '' }
  }
}

const NOTHING: Parted = { text: '', thinking: '' }

/** How many last characters might be the beginning of the closing tag. */
function halfTag(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--)
    if (CLOSE.startsWith(text.slice(-length))) return length
  return 0
}
