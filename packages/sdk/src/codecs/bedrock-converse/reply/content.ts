import type { ChatResponseMessage, ThinkingBlock, ToolCall } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import { JSON_TOOL } from '../../anthropic-messages/request/response-format.ts'
import { encodeReplyThinking, thinkingText } from '../../anthropic-messages/request/thinking.ts'
import type { ToolNames } from '../../tool-names.ts'
import type { Block } from '../request/context.ts'
import { decodeMedia } from '../request/media.ts'
import { decodeThinkingBlock, encodeThinkingBlock } from '../request/thinking.ts'
import { decodeToolCall, encodeToolCall } from '../request/tools.ts'

/** A reply's blocks → the hub's message. */
export function decodeContent(blocks: readonly Block[], names: ToolNames): ChatResponseMessage {
  const texts: string[] = []
  const thinking: ThinkingBlock[] = []
  const calls: ToolCall[] = []
  const images: JsonObject[] = []
  const cited: JsonObject[] = []
  const annotations: JsonObject[] = []
  const others: Block[] = []
  let length = 0
  const say = (text: string) => {
    texts.push(text)
    length += text.length
  }
  for (const block of blocks) {
    const { text, toolUse, reasoningContent, citationsContent } = block
    if (typeof text === 'string') say(text)
    else if (isJsonObject(toolUse) && toolUse.name === JSON_TOOL) say(JSON.stringify(toolUse.input ?? {}))
    else if (isJsonObject(toolUse) && toolUse.type !== 'server_tool_use')
      calls.push(decodeToolCall(toolUse, name => names.ours(name)))
    else if (isJsonObject(reasoningContent)) {
      const thought = decodeThinkingBlock(reasoningContent)
      if (thought) thinking.push(thought)
    } else if (isJsonObject(citationsContent)) {
      const start = length
      say(citedText(citationsContent))
      cited.push(citationsContent)
      annotations.push(...annotationsOf(citationsContent.citations, start, length))
    } else if (isJsonObject(block.image)) images.push(imageOf(block, images.length))
    else others.push(block)
  }
  const reasoning = thinkingText(thinking)
  const fields: JsonObject = {
    ...(cited.length > 0 && { citationsContent: cited }),
    ...(others.length > 0 && { server_tool_blocks: others }),
  }
  return {
    role: 'assistant',
    content: texts.join('') || null,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
    ...(annotations.length > 0 && { annotations }),
    ...(images.length > 0 && { images }),
    ...(Object.keys(fields).length > 0 && { provider_specific_fields: fields }),
  }
}

function citedText({ content }: JsonObject): string {
  const parts = isJsonArray(content) ? content.filter(isJsonObject) : []
  return parts.map(({ text }) => textOf(text)).join('')
}

/** Citations of web pages as OpenAI's `url_citation`, over the text they support. */
export function annotationsOf(citations: unknown, start: number, end: number): JsonObject[] {
  return (isJsonArray(citations) ? citations.filter(isJsonObject) : []).flatMap(({ location, title }) => {
    const web = isJsonObject(location) && isJsonObject(location.web) ? location.web : undefined
    if (typeof web?.url !== 'string') return []
    const url_citation = { start_index: start, end_index: end, url: web.url, title: textOf(title) }
    return [{ type: 'url_citation', url_citation }]
  })
}

export function imageOf(block: Block, index: number): JsonObject {
  return { type: 'image_url', index, image_url: { url: decodeMedia(block)?.url ?? '', detail: 'auto' } }
}

/** The hub's message → blocks for a client of Converse. */
export function encodeContent(
  message: ChatResponseMessage | undefined,
  warn: (warning: Warning) => void,
): Block[] {
  if (message === undefined) return []
  if (message.audio != null)
    warn({ action: 'dropped', param: 'choices[0].message.audio', reason: 'replies hold no audio here' })
  const text = (message.content ?? '') + (message.refusal ?? '')
  const calls = (message.tool_calls ?? []).map((call, index) =>
    encodeToolCall(call, `choices[0].message.tool_calls[${index}]`, name => name, warn),
  )
  return [
    ...encodeReplyThinking(message).map(encodeThinkingBlock),
    ...(text !== '' ? [{ text }] : []),
    ...(message.images ?? []).flatMap(image => encodeImage(image, warn)),
    ...calls,
  ]
}

function encodeImage({ image_url: image }: JsonObject, warn: (warning: Warning) => void): Block[] {
  const url = isJsonObject(image) ? textOf(image.url) : ''
  const found = /^data:image\/(png|jpeg|gif|webp);base64,/.exec(url)
  if (found) return [{ image: { format: found[1], source: { bytes: url.slice(found[0].length) } } }]
  warn({
    action: 'dropped',
    param: 'choices[0].message.images',
    reason: 'only images in base64 can be shown here',
  })
  return []
}
