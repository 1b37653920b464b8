import { createError } from '../../../errors.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../../types/stream.ts'
import { extrasOf } from '../../anthropic-messages/request/context.ts'
import { JSON_TOOL } from '../../anthropic-messages/request/response-format.ts'
import { awsStreamError } from '../../aws-errors.ts'
import type { CallInfo } from '../../codec.ts'
import { parseEvent } from '../../parse-event.ts'
import type { ToolNames } from '../../tool-names.ts'
import { type Block, toolNamesOf } from '../request/context.ts'
import { annotationsOf, imageOf } from './content.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { choiceFields, replyFields } from './response.ts'
import { decodeUsage } from './usage.ts'

/**
 * Converse's events → hub chunks. `end` throws `TruncatedStreamError` unless `messageStop` was seen.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  return new StreamDecoder(info)
}

/** A content block while it is being streamed. */
interface OpenBlock {
  /** Index among tool calls; `json` for the stand-in tool, whose input is the answer. */
  readonly call: number | 'json' | undefined
  /** True once a piece of the call's input was seen. */
  hasInput: boolean
  signature: string
  /** Kept whole: images, and what AWS's own tools said. */
  readonly whole?: Block
}

const TEXT: Omit<OpenBlock, 'whole'> = { call: undefined, hasInput: false, signature: '' }

const STOP_FIELDS = new Set(['stopReason', 'additionalModelResponseFields', 'p'])

class StreamDecoder implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private readonly names: ToolNames
  private readonly open = new Map<unknown, OpenBlock>()
  private calls = 0
  private images = 0
  private length = 0
  private stopped = false

  constructor(info: CallInfo) {
    this.info = info
    this.names = toolNamesOf(info.request)
  }

  push(event: WireEvent): ChatChunk[] {
    if (event.exception) throw awsStreamError(event, this.info)
    const body = parseEvent(event.data, this.info)
    switch (event.event) {
      case 'messageStart':
        return [this.chunk({ role: 'assistant', content: '' })]
      case 'contentBlockStart':
        return this.start(body)
      case 'contentBlockDelta':
        return isJsonObject(body.delta) ? this.delta(body.contentBlockIndex, body.delta) : []
      case 'contentBlockStop':
        return this.stop(body.contentBlockIndex)
      case 'messageStop':
        this.stopped = true
        return [this.finish(body)]
      case 'metadata':
        return this.metadata(body)
      default:
        // Kinds of events yet to come.
        return []
    }
  }

  end(): ChatChunk[] {
    if (this.stopped) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider ended its stream before messageStop.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private start({ contentBlockIndex: index, start }: JsonObject): ChatChunk[] {
    if (!isJsonObject(start)) return []
    const use = isJsonObject(start.toolUse) ? start.toolUse : undefined
    if (use === undefined || use.type === 'server_tool_use') {
      this.open.set(index, { ...TEXT, whole: structuredClone(start) })
      return []
    }
    if (use.name === JSON_TOOL) {
      this.open.set(index, { ...TEXT, call: 'json' })
      return []
    }
    const call = this.calls++
    this.open.set(index, { ...TEXT, call })
    return [
      this.chunk({
        tool_calls: [
          {
            index: call,
            id: String(use.toolUseId),
            type: 'function',
            function: { name: this.names.ours(String(use.name)), arguments: '' },
          },
        ],
      }),
    ]
  }

  private delta(index: unknown, delta: JsonObject): ChatChunk[] {
    const open = this.opened(index)
    const { text, toolUse, reasoningContent, citation, image } = delta
    if (typeof text === 'string') return this.text(text)
    if (isJsonObject(reasoningContent)) return this.thinking(open, reasoningContent)
    if (isJsonObject(citation)) {
      const annotations = annotationsOf([citation], 0, this.length)
      const fields = { provider_specific_fields: { citation } }
      return [this.chunk({ ...fields, ...(annotations.length > 0 && { annotations }) })]
    }
    if (isJsonObject(image)) {
      const given = isJsonObject(open.whole?.image) ? open.whole.image : undefined
      const whole = { image: { ...given, ...image } }
      return [this.chunk({ images: [imageOf(whole, this.images++)] })]
    }
    if (!isJsonObject(toolUse)) return []
    const piece = textOf(toolUse.input)
    if (open.whole && isJsonObject(open.whole.toolUse))
      open.whole.toolUse.input = textOf(open.whole.toolUse.input) + piece
    if (piece === '' || open.call === undefined) return []
    open.hasInput = true
    return this.input(open.call, piece)
  }

  private text(text: string): ChatChunk[] {
    this.length += text.length
    return [this.chunk({ content: text })]
  }

  private input(call: number | 'json', piece: string): ChatChunk[] {
    if (call === 'json') return this.text(piece)
    return [this.chunk({ tool_calls: [{ index: call, function: { arguments: piece } }] })]
  }

  private thinking(open: OpenBlock, content: JsonObject): ChatChunk[] {
    const { text, signature, redactedContent } = content
    if (typeof redactedContent === 'string')
      return [this.chunk({ thinking_blocks: [{ type: 'redacted_thinking', data: redactedContent }] })]
    if (typeof signature === 'string') open.signature += signature
    if (typeof text !== 'string' || text === '') return []
    return [this.chunk({ reasoning_content: text, thinking_blocks: [{ type: 'thinking', thinking: text }] })]
  }

  private stop(index: unknown): ChatChunk[] {
    const open = this.opened(index)
    this.open.delete(index)
    if (open.signature !== '')
      return [
        this.chunk({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: open.signature }] }),
      ]
    // A call without arguments streams none.
    if (open.call !== undefined && !open.hasInput) return this.input(open.call, '{}')
    if (open.whole === undefined || isJsonObject(open.whole.image)) return []
    return [this.chunk({ provider_specific_fields: { server_tool_blocks: [open.whole] } })]
  }

  private opened(index: unknown): OpenBlock {
    const open = this.open.get(index) ?? { ...TEXT }
    this.open.set(index, open)
    return open
  }

  private finish(body: JsonObject): ChatChunk {
    const { finishReason, fields } = decodeFinishReason(body.stopReason, warning => this.info.warn(warning))
    const specific = { ...choiceFields(body, fields), ...extrasOf(body, STOP_FIELDS) }
    const reason: FinishReason =
      finishReason === 'tool_calls' && this.calls === 0 ? 'stop' : (finishReason ?? 'stop')
    return this.chunk({}, reason, Object.keys(specific).length > 0 ? specific : undefined)
  }

  private metadata(body: JsonObject): ChatChunk[] {
    const usage = decodeUsage(body.usage)
    const fields = replyFields(body)
    if (usage === undefined && Object.keys(fields).length === 0) return []
    return [{ ...this.chunk({}), choices: [], ...(usage && { usage }), ...fields }]
  }

  private chunk(delta: ChatDelta, finish: FinishReason | null = null, fields?: JsonObject): ChatChunk {
    return {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [
        { index: 0, delta, finish_reason: finish, ...(fields && { provider_specific_fields: fields }) },
      ],
    }
  }
}
