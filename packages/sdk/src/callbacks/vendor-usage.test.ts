import { describe, expect, test } from 'vitest'
import { createCatalogue } from '../models/catalogue.ts'
import { bind } from '../providers/bind.ts'
import { providers } from '../providers/registry.ts'
import type { JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'
import { openRecord, stampRecord } from './records.ts'

/** Made-up prices, dollars for one token or one search: each measure has a digit of its own in the sum. */
const PRICE = {
  input_cost_per_token: 0.001,
  output_cost_per_token: 0.01,
  cache_read_input_token_cost: 0.0001,
  cache_creation_input_token_cost: 0.002,
  cache_creation_input_token_cost_above_1hr: 0.004,
  input_cost_per_audio_token: 0.02,
  output_cost_per_audio_token: 0.04,
  output_cost_per_reasoning_token: 0.03,
  search_context_cost_per_query: {
    search_context_size_low: 0.5,
    search_context_size_medium: 0.5,
    search_context_size_high: 0.5,
  },
}

interface Row {
  readonly provider: string
  readonly model?: string
  /** The reply, its answer in as few words as can be. */
  readonly reply: JsonObject
  readonly usage: JsonObject
  readonly dollars: number
}

const openai = (usage: JsonObject) => ({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage,
})
const anthropic = (usage: JsonObject) => ({
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage,
})

/** Usage as the vendors document it. Sources: the references of the codecs' own files. */
const ROWS: Readonly<Record<string, Row>> = {
  'OpenAI: cached and audio input, thinking and audio output': {
    provider: 'openai',
    model: 'gpt-4o-audio-preview',
    reply: openai({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40, audio_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 5 },
    }),
    usage: { prompt_tokens: 100, completion_tokens: 50 },
    // 50 plain, 10 audio, 40 cached; 25 plain, 20 thinking, 5 audio.
    dollars: 50 * 0.001 + 10 * 0.02 + 40 * 0.0001 + 25 * 0.01 + 20 * 0.03 + 5 * 0.04,
  },
  'OpenAI’s Responses: two searches': {
    provider: 'openai',
    model: 'responses/gpt-5.1-codex',
    reply: {
      status: 'completed',
      output: [
        { type: 'web_search_call', id: 'a', action: { type: 'search', query: 'x' } },
        { type: 'web_search_call', id: 'b', action: { type: 'open_page', url: 'https://x.example' } },
        { type: 'web_search_call', id: 'c', action: { type: 'search', query: 'y' } },
        { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 40 },
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 20 },
        total_tokens: 150,
      },
    },
    usage: { prompt_tokens: 100, server_tool_use: { web_search_requests: 2 } },
    dollars: 60 * 0.001 + 40 * 0.0001 + 30 * 0.01 + 20 * 0.03 + 2 * 0.5,
  },
  'Anthropic: caches of five minutes and of an hour, a search': {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    reply: anthropic({
      input_tokens: 10,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 40,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      output_tokens: 50,
      server_tool_use: { web_search_requests: 1 },
    }),
    usage: { prompt_tokens: 80, completion_tokens: 50, total_tokens: 130 },
    dollars: 10 * 0.001 + 20 * 0.002 + 10 * 0.004 + 40 * 0.0001 + 50 * 0.01 + 0.5,
  },
  'Gemini: cached input, audio, thoughts, what its tools read': {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    reply: {
      candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 90,
        toolUsePromptTokenCount: 10,
        cachedContentTokenCount: 40,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 20,
        totalTokenCount: 150,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 80 },
          { modality: 'AUDIO', tokenCount: 10 },
        ],
      },
    },
    usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    dollars: 50 * 0.001 + 10 * 0.02 + 40 * 0.0001 + 30 * 0.01 + 20 * 0.03,
  },
  'Bedrock: caches by their lifetime': {
    provider: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    reply: {
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 10,
        outputTokens: 50,
        totalTokens: 130,
        cacheReadInputTokens: 40,
        cacheWriteInputTokens: 30,
        cacheDetails: [
          { ttl: '5m', inputTokens: 20 },
          { ttl: '1h', inputTokens: 10 },
        ],
      },
    },
    usage: { prompt_tokens: 80, completion_tokens: 50 },
    dollars: 10 * 0.001 + 20 * 0.002 + 10 * 0.004 + 40 * 0.0001 + 50 * 0.01,
  },
  // LiteLLM charges `tokens`; Cohere's bill is made of `billed_units`, which leave its own prompt out.
  'Cohere: what is billed, not what is counted': {
    provider: 'cohere',
    model: 'command-a-03-2025',
    reply: {
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      finish_reason: 'COMPLETE',
      usage: {
        billed_units: { input_tokens: 17, output_tokens: 12 },
        tokens: { input_tokens: 215, output_tokens: 14 },
      },
    },
    usage: {
      prompt_tokens: 215,
      completion_tokens: 14,
      billed_units: { input_tokens: 17, output_tokens: 12 },
    },
    dollars: 17 * 0.001 + 12 * 0.01,
  },
  Ollama: {
    provider: 'ollama',
    model: 'qwen3',
    reply: {
      message: { role: 'assistant', content: 'Hi' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 100,
      eval_count: 50,
    },
    usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    dollars: 100 * 0.001 + 50 * 0.01,
  },
  'DeepSeek: hits of its cache': {
    provider: 'deepseek',
    model: 'deepseek-chat',
    reply: openai({
      prompt_tokens: 100,
      prompt_cache_hit_tokens: 40,
      prompt_cache_miss_tokens: 60,
      completion_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 150,
    }),
    usage: { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 40 } },
    dollars: 60 * 0.001 + 40 * 0.0001 + 30 * 0.01 + 20 * 0.03,
  },
  'xAI: thinking beside the answer': {
    provider: 'xai',
    model: 'grok-4',
    reply: openai({
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40, text_tokens: 100, audio_tokens: 0, image_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 0 },
    }),
    usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    dollars: 60 * 0.001 + 40 * 0.0001 + 30 * 0.01 + 20 * 0.03,
  },
}

describe.each(Object.entries(ROWS))('%s', (_name, { provider: name, model = 'm', reply, usage, dollars }) => {
  test('is counted in our words and charged by the bill', () => {
    const provider = providers.get(name)
    if (provider === undefined) throw new Error(name)
    const { codec } = bind(provider, 'chat', undefined, model)
    const deployment = { id: 'd', group: 'g', provider: name, model, modelInfo: PRICE }
    const info = { id: 'c', now: 0, model, stream: false, deployment, warn() {} }
    const decoded = codec.upstream.decodeResponse(structuredClone(reply), info)
    expect(decoded.usage).toMatchObject(usage)
    const record = openRecord({
      ...{ id: 'i', endpoint: 'chat' as const, format: 'openai-chat' },
      ...{ startedAt: 0, requestedModel: model },
    })
    record.deployment = deployment
    stampRecord(record, { usage: decoded.usage as Usage, textLength: 0 }, createCatalogue(), {
      promptTokens: 0,
    })
    expect(record.cost).toMatchObject({ state: 'known', nanoUsd: Math.round(dollars * 1e9) })
  })
})
