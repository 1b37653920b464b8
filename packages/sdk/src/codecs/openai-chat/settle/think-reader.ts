const OPEN = '<think>'
const CLOSE = '</think>'

export interface Parted {
  readonly text: string
  readonly thinking: string
}

/**
 * Parts the thinking from the answer where a model writes it in front, as `<think>…</think>`. Fed piece by piece; what
 * may be half a tag is held back until more comes. Tags further on are the answer's own.
 */
export class ThinkReader {
  private state: 'before' | 'inside' | 'between' | 'after' = 'before'
  private held = ''

  push(piece: string): Parted {
    if (this.state === 'after') return { text: piece, thinking: '' }
    this.held += piece
    if (this.state === 'before') {
      const begun = this.held.trimStart()
      if (!begun.startsWith(OPEN)) return OPEN.startsWith(begun) ? NOTHING : this.release('')
      this.state = 'inside'
      this.held = begun.slice(OPEN.length).replace(/^\n/, '')
    }
    const thinking = this.state === 'inside' ? this.think() : ''
    if (this.state !== 'between') return { text: '', thinking }
    // White space between the two belongs to neither.
    this.held = this.held.trimStart()
    return this.held === '' ? { text: '', thinking } : this.release(thinking)
  }

  /** What was held back. */
  end(): Parted {
    const { held, state } = this
    this.held = ''
    return state === 'inside' ? { text: '', thinking: held } : { text: held, thinking: '' }
  }

  private think(): string {
    const close = this.held.indexOf(CLOSE)
    const end = close === -1 ? this.held.length - halfTag(this.held) : close
    const thinking = this.held.slice(0, end)
    this.held = this.held.slice(close === -1 ? end : end + CLOSE.length)
    if (close === -1) return thinking
    this.state = 'between'
    return thinking.trimEnd()
  }

  private release(thinking: string): Parted {
    const text = this.held
    this.held = ''
    this.state = 'after'
    return { text, thinking }
  }
}

const NOTHING: Parted = { text: '', thinking: '' }

/** How many last characters might be the beginning of the closing tag. */
function halfTag(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--)
    if (CLOSE.startsWith(text.slice(-length))) return length
  return 0
}
