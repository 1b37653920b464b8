import type { ChatMessage } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import type { OpenaiChatOptions } from './options.ts'

const EXTRAS = ['cache_control', 'reasoning_content', 'thinking_blocks', 'provider_specific_fields'] as const

/** Hub messages as OpenAI takes them: the same, less what only other formats know. The same array if nothing differs. */
export function encodeMessages(
  messages: ChatMessage[],
  info: CallInfo,
  options: OpenaiChatOptions,
): JsonObject[] {
  const writer = new MessageWriter(info, options)
  return writer.each(messages, '', 'messages', (message, at) => writer.message(message, at))
}

class MessageWriter {
  private readonly info: CallInfo
  private readonly options: OpenaiChatOptions
  private readonly foreign: readonly string[]

  constructor(info: CallInfo, options: OpenaiChatOptions) {
    this.info = info
    this.options = options
    this.foreign = EXTRAS.filter(key => !(options.keeps as readonly string[] | undefined)?.includes(key))
  }

  message(message: JsonObject, at: () => string): JsonObject {
    let out = this.without(message, at)
    if (out.role === 'developer' && this.options.developerRole === false) {
      out = { ...out, role: 'system' }
      this.info.warn({ action: 'renamed', param: `${at()}.role`, reason: 'this provider says "system"' })
    }
    for (const key of ['content', 'tool_calls']) {
      const list = out[key]
      if (!Array.isArray(list)) continue
      const encoded = this.each(list, at, key, (item, itemAt) => this.without(item, itemAt))
      if (encoded !== list) out = { ...out, [key]: encoded }
    }
    return out
  }

  /** Maps a list; the same list comes back when no item changed. Paths are only spelled when something is reported. */
  each(
    list: JsonObject[],
    parent: string | (() => string),
    key: string,
    encode: (item: JsonObject, at: () => string) => JsonObject,
  ): JsonObject[] {
    let changed: JsonObject[] | undefined
    for (let index = 0; index < list.length; index++) {
      const item = list[index] as JsonObject
      const out = encode(item, () => {
        const before = typeof parent === 'string' ? parent : `${parent()}.`
        return `${before}${key}[${index}]`
      })
      if (out !== item) changed ??= list.slice()
      if (changed) changed[index] = out
    }
    return changed ?? list
  }

  /** The object less the foreign keys, each of them recorded; the same object when there are none. */
  private without(from: JsonObject, at: () => string): JsonObject {
    let out = from
    for (const key of this.foreign) {
      if (from[key] === undefined) continue
      if (out === from) out = { ...from }
      delete out[key]
      if (from[key] !== null)
        this.info.warn({
          action: 'dropped',
          param: `${at()}.${key}`,
          reason: 'this provider has no place for it',
        })
    }
    return out
  }
}
