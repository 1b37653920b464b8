import { describe, expect, test } from 'vitest'
import { foldChunks } from '../../endpoints/chat-fold.ts'
import { bind } from '../../providers/bind.ts'
import { providers } from '../../providers/registry.ts'
import type { ChatChunk } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'

interface VendorStream {
  readonly provider: string
  readonly model: string
  /** Its events; AWS's have their name as the only key. */
  readonly events: readonly JsonObject[]
  readonly isAws?: true
  /** Objects in which a field the vendor may add is not kept, by path, each with the reason. */
  readonly closed: Readonly<Record<string, string>>
}

const FRAME = 'frames an event'
const PIECE = 'a piece of a text or of arguments'

const STREAMS: Readonly<Record<string, VendorStream>> = {
  'openai-chat': {
    provider: 'openai',
    model: 'gpt-4o',
    events: [
      {
        id: 'c',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }],
      },
      { id: 'c', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      {
        id: 'c',
        created: 1,
        model: 'm',
        choices: [],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    ],
    closed: {},
  },
  'anthropic-messages': {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    events: [
      {
        type: 'message_start',
        message: { id: 'm', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ],
    closed: {
      '0': FRAME,
      '1': FRAME,
      '2': FRAME,
      '2.delta': PIECE,
      '3': FRAME,
      '4': FRAME,
      '4.content_block.input': 'the arguments follow in pieces',
      '5': FRAME,
      '5.delta': PIECE,
      '6': FRAME,
      '8': FRAME,
    },
  },
  gemini: {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    events: [
      { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] } }] },
      {
        candidates: [{ content: { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] } }],
      },
      {
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      },
    ],
    closed: {
      '0.candidates[0].content': 'a role and the parts',
      '0.candidates[0].content.parts[0]': PIECE,
      '1.candidates[0].content': 'a role and the parts',
      '1.candidates[0].content.parts[0]': 'what is known of a call stands in the call',
    },
  },
  'bedrock-converse': {
    provider: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    isAws: true,
    events: [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn', additionalModelResponseFields: { a: 1 } } },
      { metadata: { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } } },
    ],
    closed: {
      '0.messageStart': FRAME,
      '1.contentBlockDelta': FRAME,
      '1.contentBlockDelta.delta': PIECE,
      '2.contentBlockStop': FRAME,
    },
  },
  'cohere-chat': {
    provider: 'cohere',
    model: 'command-a-03-2025',
    events: [
      { type: 'message-start', id: 'c', delta: { message: { role: 'assistant' } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi' } } } },
      {
        type: 'message-end',
        delta: {
          finish_reason: 'COMPLETE',
          usage: { tokens: { input_tokens: 1, output_tokens: 1 }, billed_units: {} },
        },
      },
    ],
    closed: {
      '0': FRAME,
      '0.delta': FRAME,
      '0.delta.message': FRAME,
      '1': FRAME,
      '1.delta': FRAME,
      '1.delta.message': FRAME,
      '1.delta.message.content': PIECE,
      '2': FRAME,
      '2.delta.usage.tokens': 'the counts that usage has names for',
    },
  },
  'ollama-chat': {
    provider: 'ollama',
    model: 'qwen3',
    events: [
      { message: { role: 'assistant', content: 'Hi' }, done: false },
      {
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 1,
        eval_count: 1,
      },
    ],
    closed: { '0': 'what a line says of itself, the last one says of all' },
  },
  'openai-responses': {
    provider: 'openai',
    model: 'responses/gpt-5.1-codex',
    events: [
      { type: 'response.created', response: { id: 'r' } },
      { type: 'response.output_text.delta', delta: 'Hi' },
      {
        type: 'response.completed',
        response: { id: 'r', status: 'completed', output: [], usage: { input_tokens: 1, output_tokens: 1 } },
      },
    ],
    closed: {
      '0': FRAME,
      '0.response': 'the last event says it of the whole',
      '1': FRAME,
      '2': FRAME,
    },
  },
}

function folded({ provider: name, model, events, isAws }: VendorStream): string {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(name)
  const { codec } = bind(provider, 'chat', undefined, model)
  const deployment = { id: 'd', group: 'g', provider: name, model }
  const info = { id: 'c', now: 0, model, stream: true, deployment, warn() {} }
  const reader = codec.upstream.decodeStream?.(info)
  if (reader === undefined) throw new Error(`${name} does not stream.`)
  const chunks: ChatChunk[] = []
  for (const given of structuredClone(events)) {
    const [[event, body]] = Object.entries(given) as [[string, unknown]]
    chunks.push(
      ...reader.push(isAws ? { event, data: JSON.stringify(body) } : { data: JSON.stringify(given) }),
    )
  }
  chunks.push(...reader.end())
  return JSON.stringify(foldChunks(chunks))
}

/** Every object of the events with its path. */
function objectsIn(value: unknown, path: string): [path: string, at: JsonObject][] {
  if (isJsonArray(value))
    return value.flatMap((item, index) => objectsIn(item, path === '' ? `${index}` : `${path}[${index}]`))
  if (!isJsonObject(value)) return []
  const below = Object.entries(value).flatMap(([key, item]) => objectsIn(item, `${path}.${key}`))
  return [[path, value], ...below]
}

describe.each(Object.entries(STREAMS))('a stream of %s', (_format, stream) => {
  test('keeps what the vendor may add to any of its objects', () => {
    const objects = objectsIn(stream.events, '').filter(([path]) => !stream.isAws || path.includes('.'))
    const lost = objects.flatMap(([path, at]) => {
      at.an_added_field = 'an-added-value'
      const reply = folded(stream)
      delete at.an_added_field
      return reply.includes('an-added-value') ? [] : [path]
    })
    expect(lost.sort()).toEqual(Object.keys(stream.closed).sort())
  })
})
