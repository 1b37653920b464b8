import { createError } from '../../../errors.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { StreamReader, WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import type { CallInfo } from '../../codec.ts'
import { parseEvent } from '../../parse-event.ts'
import { ToolNames } from '../../tool-names.ts'
import { streamError } from '../errors.ts'
import { type Block, CLAUDE_TOOL_NAMES, extrasOf } from '../request/context.ts'
import { JSON_TOOL } from '../request/response-format.ts'
import { toolCallFields, withOurName } from '../request/tools.ts'
import { annotationsOf, contentFields, foreignFields } from './content.ts'
import { decodeFinishReason } from './finish-reason.ts'
import { messageFields } from './response.ts'
import { decodeServiceTier, decodeUsage, mergeUsage } from './usage.ts'

/**
 * Anthropic's events → hub chunks. `end` throws `TruncatedStreamError` unless `message_stop` was seen; the chunk with
 * the finish reason waits for it too, so that a cut stream never looks finished.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function decodeStream(info: CallInfo): StreamReader<ChatChunk> {
  return new StreamDecoder(info)
}

/** A content block while it is being streamed. */
interface OpenBlock {
  readonly block: Block
  /** Pieces of `input` as JSON text. */
  input: string
  /** Index among tool calls, for blocks that are one. */
  readonly call: number | undefined
}

const DELTA_FIELDS = new Set(['type', 'delta', 'usage'])

class StreamDecoder implements StreamReader<ChatChunk> {
  private readonly info: CallInfo
  private readonly names: ToolNames
  private readonly open = new Map<unknown, OpenBlock>()
  private readonly blocks: Block[] = []
  private message: JsonObject = {}
  private usage: JsonObject | undefined
  private calls = 0
  private stopped = false

  constructor(info: CallInfo) {
    this.info = info
    this.names = new ToolNames(CLAUDE_TOOL_NAMES, info.request)
  }

  /** Its first event tells the input. */
  get toldUsage(): Usage | undefined {
    return decodeUsage(this.usage)
  }

  push({ data }: WireEvent): ChatChunk[] {
    if (this.stopped) return []
    const event = parseEvent(data, this.info)
    switch (event.type) {
      case 'message_start':
        this.message = isJsonObject(event.message) ? event.message : {}
        this.usage = mergeUsage(undefined, this.message.usage)
        return [this.chunk({ role: 'assistant', content: '' })]
      case 'content_block_start':
        return this.start(event)
      case 'content_block_delta':
        return this.delta(event)
      case 'content_block_stop':
        return this.stop(event)
      case 'message_delta':
        if (isJsonObject(event.delta)) this.message = { ...this.message, ...event.delta }
        this.message = { ...this.message, ...extrasOf(event, DELTA_FIELDS) }
        this.usage = mergeUsage(this.usage, event.usage)
        return []
      case 'message_stop':
        this.stopped = true
        return this.finish()
      case 'error':
        throw streamError(event, this.info)
      default:
        // `ping`, and kinds of events yet to come: https://platform.claude.com/docs/en/build-with-claude/streaming#other-events
        return []
    }
  }

  end(): ChatChunk[] {
    if (this.stopped) return []
    throw createError({
      kind: 'truncated',
      message: 'The provider ended its stream before message_stop.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private start(event: JsonObject): ChatChunk[] {
    const given = event.content_block
    if (!isJsonObject(given) || typeof given.type !== 'string') return []
    const block = withOurName({ ...given } as Block, this.names)
    const isCall = block.type === 'tool_use' && block.name !== JSON_TOOL
    const open: OpenBlock = { block, input: '', call: isCall ? this.calls++ : undefined }
    this.open.set(event.index, open)
    this.blocks.push(block)
    if (open.call !== undefined) {
      const fields = toolCallFields(block)
      return [
        this.chunk({
          tool_calls: [
            {
              index: open.call,
              id: String(block.id),
              type: 'function',
              function: { name: String(block.name), arguments: '' },
              ...(fields && { provider_specific_fields: fields }),
            },
          ],
        }),
      ]
    }
    if (block.type === 'text') {
      const text = textOf(block.text)
      return text === '' ? [] : [this.chunk({ content: text })]
    }
    if (block.type === 'thinking') {
      const thinking = textOf(block.thinking)
      block.thinking = thinking
      return thinking === '' ? [] : [this.thinkingChunk(thinking)]
    }
    if (block.type === 'redacted_thinking')
      return [this.chunk({ thinking_blocks: [{ type: 'redacted_thinking', data: String(block.data) }] })]
    return []
  }

  private delta(event: JsonObject): ChatChunk[] {
    const open = this.open.get(event.index)
    const { delta } = event
    if (open === undefined || !isJsonObject(delta)) return []
    const { block } = open
    switch (delta.type) {
      case 'text_delta': {
        const text = textOf(delta.text)
        block.text = textOf(block.text) + text
        return [this.chunk({ content: text })]
      }
      case 'thinking_delta': {
        const thinking = textOf(delta.thinking)
        block.thinking = textOf(block.thinking) + thinking
        return [this.thinkingChunk(thinking)]
      }
      case 'signature_delta':
        block.signature = textOf(block.signature) + textOf(delta.signature)
        return []
      case 'input_json_delta':
        return this.inputDelta(open, textOf(delta.partial_json))
      case 'citations_delta':
        block.citations = [...(isJsonArray(block.citations) ? block.citations : []), delta.citation]
        return [this.chunk({ provider_specific_fields: { citation: delta.citation } })]
      case 'compaction_delta':
        if (delta.content != null) block.content = textOf(block.content) + textOf(delta.content)
        if (delta.encrypted_content != null) block.encrypted_content = delta.encrypted_content
        return []
      default:
        return []
    }
  }

  private inputDelta(open: OpenBlock, piece: string): ChatChunk[] {
    open.input += piece
    return piece === '' ? [] : this.inputChunk(open, piece)
  }

  private inputChunk(open: OpenBlock, piece: string): ChatChunk[] {
    if (open.call !== undefined)
      return [this.chunk({ tool_calls: [{ index: open.call, function: { arguments: piece } }] })]
    return open.block.name === JSON_TOOL ? [this.chunk({ content: piece })] : []
  }

  private stop(event: JsonObject): ChatChunk[] {
    const open = this.open.get(event.index)
    if (open === undefined) return []
    this.open.delete(event.index)
    const { block } = open
    if (block.type === 'thinking')
      return typeof block.signature === 'string' && block.signature !== ''
        ? [this.chunk({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: block.signature }] })]
        : []
    if (block.type === 'tool_use') {
      // A call without arguments streams none, or carries them whole from the start.
      if (open.input !== '') return []
      open.input = JSON.stringify(block.input ?? {})
      return this.inputChunk(open, open.input)
    }
    if (block.type === 'text' || block.type === 'redacted_thinking') return []
    if (open.input !== '') block.input = parseInput(open.input)
    return [this.chunk({ provider_specific_fields: foreignFields(block) })]
  }

  private finish(): ChatChunk[] {
    const { finishReason, fields } = decodeFinishReason(this.message, warning => this.info.warn(warning))
    const specific = { ...fields, ...messageFields(this.message) }
    const layout = contentFields(this.blocks)
    const annotations = annotationsOf(this.blocks)
    const delta: ChatDelta = {
      ...(annotations.length > 0 && { annotations }),
      ...(layout && { provider_specific_fields: layout }),
    }
    const reason: FinishReason =
      finishReason === 'tool_calls' && this.calls === 0 ? 'stop' : (finishReason ?? 'stop')
    const last = this.chunk(delta, reason, Object.keys(specific).length > 0 ? specific : undefined)
    const usage = decodeUsage(this.usage)
    return usage ? [last, { ...last, choices: [], usage }] : [last]
  }

  private thinkingChunk(thinking: string): ChatChunk {
    return this.chunk({ reasoning_content: thinking, thinking_blocks: [{ type: 'thinking', thinking }] })
  }

  private chunk(delta: ChatDelta, finish: FinishReason | null = null, fields?: JsonObject): ChatChunk {
    const { id, model } = this.message
    const tier = finish === null ? undefined : decodeServiceTier(this.usage)
    return {
      id: typeof id === 'string' ? id : this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: typeof model === 'string' ? model : this.info.model,
      choices: [
        {
          index: 0,
          delta,
          finish_reason: finish,
          ...(fields && { provider_specific_fields: fields }),
        },
      ],
      ...(tier !== undefined && { service_tier: tier }),
    }
  }
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The hosted tool has already run; its input is only a record, kept as it came.
    return { raw_arguments: text }
  }
}
