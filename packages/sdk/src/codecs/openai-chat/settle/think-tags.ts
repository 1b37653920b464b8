import type { JsonObject } from '../../../types/json.ts'
import { eachMessage } from './each-message.ts'
import { ThinkReader } from './think-reader.ts'

/**
 * Thinking that open models write between `<think>` tags at the start of their text becomes `reasoning_content`.
 * Text that merely mentions the tags later stays as it is.
 */
export function thinkTags(): (reply: JsonObject) => void {
  const readers = new Map<unknown, ThinkReader>()
  return reply =>
    eachMessage(reply, (message, choice) => {
      const whole = choice.message !== undefined
      const ends = whole || choice.finish_reason != null
      const { content } = message
      if (typeof content !== 'string' && !ends) return
      let reader = readers.get(choice.index)
      if (reader === undefined) readers.set(choice.index, (reader = new ThinkReader()))
      const before = typeof content === 'string' ? content : ''
      const first = reader.push(before)
      const rest = ends ? reader.end() : { text: '', thinking: '' }
      const text = first.text + rest.text
      const thinking = first.thinking + rest.thinking
      if (text === before && thinking === '') return
      message.content = text === '' && !whole ? null : text
      if (thinking !== '')
        message.reasoning_content =
          (typeof message.reasoning_content === 'string' ? message.reasoning_content : '') + thinking
    })
}
