import type { ChatMessage } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import type { OpenaiChatOptions } from './options.ts'
import { hoistMedia } from './tool-media.ts'

/** Keys of messages, parts and calls that only other formats know. */
const EXTRAS = [
  'cache_control',
  'reasoning_content',
  'thinking_blocks',
  'provider_specific_fields',
  'is_error',
] as const
const NO_PLACE = 'this provider has no place for it'

/** Hub messages as OpenAI takes them: the same, less what only other formats know. The same array if nothing differs. */
export function encodeMessages(
  messages: ChatMessage[],
  info: CallInfo,
  options: OpenaiChatOptions,
): JsonObject[] {
  const writer = new Writer(info, options)
  return hoistMedia(
    writer.each<JsonObject>(messages, 'messages', (message, at) => writer.message(message, at)),
    info,
  )
}

/** Tools as OpenAI takes them: without other formats' marks. The same array if nothing differs. */
export function encodeTools(tools: JsonObject[], info: CallInfo, options: OpenaiChatOptions): JsonObject[] {
  const writer = new Writer(info, options)
  return writer.each(tools, 'tools', (tool, at) => writer.without(tool, at))
}

type At = () => string

class Writer {
  private readonly info: CallInfo
  private readonly options: OpenaiChatOptions
  private readonly foreign: readonly string[]

  constructor(info: CallInfo, options: OpenaiChatOptions) {
    this.info = info
    this.options = options
    this.foreign = EXTRAS.filter(key => !(options.keeps as readonly string[] | undefined)?.includes(key))
  }

  message(message: JsonObject, at: At): JsonObject {
    let out = this.without(message, at)
    if (out.role === 'developer' && this.options.developerRole === false) {
      out = { ...out, role: 'system' }
      this.info.warn({ action: 'renamed', param: `${at()}.role`, reason: 'this provider says "system"' })
    }
    for (const key of ['content', 'tool_calls']) {
      const list = out[key]
      if (!isJsonArray(list)) continue
      const encoded = this.each(
        list,
        () => `${at()}.${key}`,
        (item, itemAt) => (isJsonObject(item) ? this.item(item, itemAt) : item),
      )
      if (encoded !== list) out = { ...out, [key]: encoded.length === 0 ? null : encoded }
    }
    return out
  }

  /** Maps a list, `undefined` leaving an item out; the same list when no item changed. Paths are spelled on demand. */
  each<Item>(list: Item[], path: string | At, encode: (item: Item, at: At) => Item | undefined): Item[] {
    let changed: Item[] | undefined
    for (let index = 0; index < list.length; index++) {
      const item = list[index] as Item
      const out = encode(item, () => `${typeof path === 'string' ? path : path()}[${index}]`)
      if (out !== item) changed ??= list.slice(0, index)
      if (out !== undefined) changed?.push(out)
    }
    return changed ?? list
  }

  /** The object less the foreign keys, each of them recorded; the same object when there are none. */
  without(from: JsonObject, at: At): JsonObject {
    let out = from
    for (const key of this.foreign) {
      if (from[key] === undefined) continue
      if (out === from) out = { ...from }
      delete out[key]
      if (from[key] !== null) this.info.warn({ action: 'dropped', param: `${at()}.${key}`, reason: NO_PLACE })
    }
    return out
  }

  /** LiteLLM's `format` of an image or file tells other vendors the media type; OpenAI refuses it. */
  private withoutFormat(item: JsonObject, at: At): JsonObject {
    if (this.options.keeps?.includes('format')) return item
    for (const key of ['image_url', 'file']) {
      const media = item[key]
      if (!isJsonObject(media) || media.format === undefined) continue
      const { format, ...rest } = media
      if (format !== null)
        this.info.warn({ action: 'dropped', param: `${at()}.${key}.format`, reason: NO_PLACE })
      return { ...item, [key]: rest }
    }
    return item
  }

  /** A part or a call. Thinking that stands among the parts is another format's way to keep its place. */
  private item(item: JsonObject, at: At): JsonObject | undefined {
    if (item.type !== 'thinking' && item.type !== 'redacted_thinking')
      return this.withoutFormat(this.without(item, at), at)
    this.info.warn({ action: 'dropped', param: at(), reason: NO_PLACE })
    return undefined
  }
}
