import type { ChatDelta } from '../../types/chat.ts'

const OPEN = '<think>'
const CLOSE = '</think>'

/** Parts a text that begins with thinking, which the prompt may have opened already, from the answer after it. */
export class ThinkSplitter {
  private rest = ''
  private state: 'begin' | 'thinking' | 'answer' = 'begin'

  push(text: string): ChatDelta[] {
    this.rest += text
    if (this.state === 'begin' && !this.begin()) return []
    if (this.state === 'answer') return this.take('content', this.rest.length)
    const end = this.rest.indexOf(CLOSE)
    if (end < 0) return this.take('reasoning_content', this.rest.length - heldBack(this.rest))
    const thought = this.take('reasoning_content', end)
    this.rest = this.rest.slice(CLOSE.length).trimStart()
    this.state = 'answer'
    return [...thought, ...this.take('content', this.rest.length)]
  }

  /** What was held back in case it was the end of the thinking. */
  end(): ChatDelta[] {
    return this.take(this.state === 'answer' ? 'content' : 'reasoning_content', this.rest.length)
  }

  /** False while the text may yet turn out to begin with the mark. */
  private begin(): boolean {
    const text = this.rest.trimStart()
    if (text.length < OPEN.length && OPEN.startsWith(text)) return false
    this.rest = text.startsWith(OPEN) ? text.slice(OPEN.length).trimStart() : this.rest
    this.state = 'thinking'
    return true
  }

  private take(key: 'content' | 'reasoning_content', length: number): ChatDelta[] {
    const text = this.rest.slice(0, length)
    this.rest = this.rest.slice(length)
    return text === '' ? [] : [{ [key]: text }]
  }
}

/** How much of the end may be the beginning of the closing mark. */
function heldBack(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--)
    if (text.endsWith(CLOSE.slice(0, length))) return length
  return 0
}
