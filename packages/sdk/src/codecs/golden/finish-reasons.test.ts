import { describe, expect, test } from 'vitest'
import { bind } from '../../providers/bind.ts'
import { providers } from '../../providers/registry.ts'
import type { FinishReason } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'

interface Vendor {
  readonly provider: string
  readonly model: string
  reply(native: string): JsonObject
  /** What the vendor documents → what the hub calls it; `broken` where it is no answer. */
  readonly reasons: Readonly<Record<string, FinishReason | 'broken'>>
}

const said = { role: 'assistant', content: 'Hi' }

/** Sources: the references of the codecs' own files; the right side is LiteLLM's table where it has the word. */
const VENDORS: Readonly<Record<string, Vendor>> = {
  'openai-chat': {
    provider: 'openai',
    model: 'gpt-4o',
    reply: native => ({ choices: [{ index: 0, message: said, finish_reason: native }] }),
    reasons: {
      stop: 'stop',
      length: 'length',
      tool_calls: 'tool_calls',
      function_call: 'function_call',
      content_filter: 'content_filter',
      // Words of compatible vendors.
      eos: 'stop',
      eos_token: 'stop',
      end_turn: 'stop',
      stop_sequence: 'stop',
      max_tokens: 'length',
      model_length: 'length',
      insufficient_system_resource: 'length',
      tool_use: 'tool_calls',
      sensitive: 'content_filter',
      refusal: 'content_filter',
      guardrail_intervened: 'content_filter',
      content_filtered: 'content_filter',
      error: 'broken',
      network_error: 'broken',
    },
  },
  'anthropic-messages': {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    reply: native => ({ content: [{ type: 'text', text: 'Hi' }], stop_reason: native }),
    reasons: {
      end_turn: 'stop',
      stop_sequence: 'stop',
      pause_turn: 'stop',
      max_tokens: 'length',
      model_context_window_exceeded: 'length',
      compaction: 'length',
      refusal: 'content_filter',
    },
  },
  gemini: {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    reply: native => ({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: native }] }),
    reasons: {
      STOP: 'stop',
      FINISH_REASON_UNSPECIFIED: 'stop',
      MALFORMED_FUNCTION_CALL: 'stop',
      MALFORMED_RESPONSE: 'stop',
      UNEXPECTED_TOOL_CALL: 'stop',
      TOO_MANY_TOOL_CALLS: 'stop',
      MISSING_THOUGHT_SIGNATURE: 'stop',
      MAX_TOKENS: 'length',
      SAFETY: 'content_filter',
      RECITATION: 'content_filter',
      LANGUAGE: 'content_filter',
      OTHER: 'content_filter',
      BLOCKLIST: 'content_filter',
      PROHIBITED_CONTENT: 'content_filter',
      SPII: 'content_filter',
      IMAGE_SAFETY: 'content_filter',
      IMAGE_PROHIBITED_CONTENT: 'content_filter',
      IMAGE_RECITATION: 'content_filter',
      IMAGE_OTHER: 'content_filter',
      NO_IMAGE: 'content_filter',
    },
  },
  'bedrock-converse': {
    provider: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    reply: native => ({
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: native,
    }),
    reasons: {
      end_turn: 'stop',
      stop_sequence: 'stop',
      max_tokens: 'length',
      model_context_window_exceeded: 'length',
      guardrail_intervened: 'content_filter',
      content_filtered: 'content_filter',
      malformed_model_output: 'stop',
      malformed_tool_use: 'stop',
    },
  },
  'cohere-chat': {
    provider: 'cohere',
    model: 'command-a-03-2025',
    reply: native => ({ message: { content: [{ type: 'text', text: 'Hi' }] }, finish_reason: native }),
    reasons: {
      COMPLETE: 'stop',
      STOP_SEQUENCE: 'stop',
      MAX_TOKENS: 'length',
      TOOL_CALL: 'tool_calls',
      ERROR_TOXIC: 'content_filter',
      ERROR: 'broken',
      TIMEOUT: 'broken',
    },
  },
  'ollama-chat': {
    provider: 'ollama',
    model: 'qwen3',
    reply: native => ({ message: said, done: true, done_reason: native }),
    reasons: { stop: 'stop', length: 'length', load: 'stop', unload: 'stop' },
  },
  'openai-responses': {
    provider: 'openai',
    model: 'responses/gpt-5.1-codex',
    reply: native => ({
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
      ...(native === 'completed'
        ? { status: native }
        : { status: 'incomplete', incomplete_details: { reason: native } }),
    }),
    reasons: { completed: 'stop', max_output_tokens: 'length', content_filter: 'content_filter' },
  },
}

/** Not a reason: a response that is complete gives none. */
const NO_REASON = new Set(['completed'])

describe.each(Object.entries(VENDORS))('%s', (_format, { provider: name, model, reply, reasons }) => {
  test.each(Object.entries(reasons))('%s is %s', (native, expected) => {
    const provider = providers.get(name)
    if (provider === undefined) throw new Error(name)
    const { codec } = bind(provider, 'chat', undefined, model)
    const deployment = { id: 'd', group: 'g', provider: name, model }
    const warnings: unknown[] = []
    const info = {
      id: 'c',
      now: 0,
      model,
      stream: false,
      deployment,
      warn: (told: unknown) => void warnings.push(told),
    }
    const decode = () => codec.upstream.decodeResponse(reply(native), info).choices[0]
    if (expected === 'broken') return expect(decode).toThrow(/./)
    const choice = decode()
    expect(choice?.finish_reason).toBe(expected)
    expect(warnings).toEqual([])
    if (native !== expected && !NO_REASON.has(native))
      expect(choice?.provider_specific_fields?.native_finish_reason).toBe(native)
  })

  test('a reason that nobody knows yet is told as "stop", and kept', () => {
    if (name === 'openai' && model.startsWith('responses/')) return
    const provider = providers.get(name)
    if (provider === undefined) throw new Error(name)
    const { codec } = bind(provider, 'chat', undefined, model)
    const deployment = { id: 'd', group: 'g', provider: name, model }
    const warnings: { param: string }[] = []
    const warn = (told: { param: string }) => void warnings.push(told)
    const info = { id: 'c', now: 0, model, stream: false, deployment, warn }
    const [choice] = codec.upstream.decodeResponse(reply('otter_break'), info).choices
    expect(choice).toMatchObject({
      finish_reason: 'stop',
      provider_specific_fields: { native_finish_reason: 'otter_break' },
    })
    expect(warnings.map(({ param }) => param)).toEqual(['finish_reason'])
  })
})
