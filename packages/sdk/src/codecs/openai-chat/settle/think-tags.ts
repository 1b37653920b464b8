import type { JsonObject } from '../../../types/json.ts'
import { eachMessage } from './each-message.ts'

const OPEN = '<think>'
const CLOSE = '</think>'

/**
 * Thinking that open models write between `<think>` tags at the start of their text becomes `reasoning_content`.
 * Text that merely mentions the tags later stays as it is.
 */
export function thinkTags(): (reply: JsonObject) => void {
  const readers = new Map<unknown, ThinkReader>()
  return reply =>
    eachMessage(reply, (message, choice) => {
      const whole = choice.message !== undefined
      const { content } = message
      if (typeof content !== 'string' && choice.finish_reason == null) return
      let reader = readers.get(choice.index)
      if (reader === undefined) readers.set(choice.index, (reader = new ThinkReader()))
      const before = typeof content === 'string' ? content : ''
      const pieces = reader.read(before)
      if (whole || choice.finish_reason != null) reader.end(pieces)
      if (pieces.text === before && pieces.thinking === '') return
      message.content = pieces.text === '' && !whole ? null : pieces.text
      if (pieces.thinking !== '')
        message.reasoning_content =
          (typeof message.reasoning_content === 'string' ? message.reasoning_content : '') + pieces.thinking
    })
}

interface Pieces {
  text: string
  thinking: string
}

/** Splits text that may come in pieces of any size; holds back no more than what may be part of a tag. */
class ThinkReader {
  private state: 'start' | 'thinking' | 'after' | 'text' = 'start'
  private held = ''

  read(piece: string): Pieces {
    const out: Pieces = { text: '', thinking: '' }
    if (this.state === 'text') {
      out.text = piece
      return out
    }
    this.held += piece
    if (this.state === 'start') this.begin(out)
    if (this.state === 'thinking') this.think(out)
    if (this.state === 'after') this.skipBlank(out)
    return out
  }

  /** What was held back turned out to be no tag. */
  end(out: Pieces): void {
    if (this.state === 'thinking') out.thinking += this.held
    else if (this.state === 'start') out.text += this.held
    this.held = ''
  }

  private begin(out: Pieces): void {
    const text = this.held.trimStart()
    if (text.startsWith(OPEN)) {
      this.state = 'thinking'
      this.held = text.slice(OPEN.length).replace(/^\n/, '')
    } else if (!OPEN.startsWith(text)) this.becomeText(out, this.held)
  }

  private think(out: Pieces): void {
    const at = this.held.indexOf(CLOSE)
    if (at === -1) {
      const safe = this.held.length - tailThatMayBe(CLOSE, this.held)
      out.thinking += this.held.slice(0, safe)
      this.held = this.held.slice(safe)
      return
    }
    out.thinking += this.held.slice(0, at).trimEnd()
    this.held = this.held.slice(at + CLOSE.length)
    this.state = 'after'
  }

  private skipBlank(out: Pieces): void {
    const text = this.held.trimStart()
    if (text !== '') this.becomeText(out, text)
    else this.held = ''
  }

  private becomeText(out: Pieces, text: string): void {
    out.text += text
    this.held = ''
    this.state = 'text'
  }
}

/** How many characters at the end of `text` could be the beginning of `tag`. */
function tailThatMayBe(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--)
    if (tag.startsWith(text.slice(text.length - length))) return length
  return 0
}
