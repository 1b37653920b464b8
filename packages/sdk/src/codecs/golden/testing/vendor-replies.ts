import type { JsonObject } from '../../../types/json.ts'

/** A reply with everything in it that its vendor documents, as far as a chat can have it. */
export interface VendorReply {
  readonly provider: string
  readonly model: string
  readonly body: JsonObject
  /** Objects in which a field the vendor may add is not kept, by path, each with the reason. */
  readonly closed?: Readonly<Record<string, string>>
  /** Documented fields that are not kept, by path, each with the reason. */
  readonly left?: Readonly<Record<string, string>>
}

const call = { name: 'weather', arguments: '{"city":"Bern"}' }

/** Sources: the references of the codecs' own files. */
export const VENDOR_REPLIES: Readonly<Record<string, VendorReply>> = {
  'openai-chat': {
    provider: 'openai',
    model: 'gpt-4o',
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gpt-4o-2024-08-06',
      system_fingerprint: 'fp_1',
      service_tier: 'default',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi',
            refusal: null,
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'https://x.example', title: 'X', start_index: 0, end_index: 2 },
              },
            ],
            audio: { id: 'audio_1', data: 'UklGRg==', expires_at: 1, transcript: 'Hi' },
            tool_calls: [{ id: 'call_1', type: 'function', function: call }],
          },
          logprobs: { content: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 8,
        total_tokens: 17,
        prompt_tokens_details: { cached_tokens: 3, audio_tokens: 1 },
        completion_tokens_details: {
          reasoning_tokens: 2,
          audio_tokens: 1,
          accepted_prediction_tokens: 1,
          rejected_prediction_tokens: 0,
        },
      },
    },
  },
  'anthropic-messages': {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    body: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [
        { type: 'thinking', thinking: 'I think.', signature: 'c2ln' },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'Bern' } },
        {
          type: 'text',
          text: 'Hi',
          citations: [
            { type: 'web_search_result_location', url: 'https://x.example', title: 'X', cited_text: 'Y' },
          ],
        },
        {
          type: 'tool_use',
          id: 'toolu_1',
          name: 'weather',
          input: { city: 'Bern' },
          caller: { type: 'code', tool_id: 't' },
        },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      container: { id: 'container_1', expires_at: '2026-01-01T00:00:00Z' },
      context_management: { applied_edits: [] },
      usage: {
        input_tokens: 9,
        output_tokens: 8,
        cache_creation_input_tokens: 5,
        cache_read_input_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 },
        server_tool_use: { web_search_requests: 1 },
        service_tier: 'standard',
        inference_geo: 'eu',
      },
    },
    closed: {
      'usage.cache_creation':
        'lifetimes of caches, which have prices of their own: a new one needs its price',
    },
  },
  gemini: {
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    body: {
      responseId: 'r-1',
      modelVersion: 'gemini-2.5-flash-001',
      createTime: '2026-01-01T00:00:00Z',
      promptFeedback: { safetyRatings: [{ category: 'HARM', probability: 'LOW' }] },
      candidates: [
        {
          index: 0,
          content: {
            role: 'model',
            parts: [
              { text: 'I think.', thought: true, thoughtSignature: 'c2ln' },
              { text: 'Hi' },
              { executableCode: { language: 'PYTHON', code: '1' } },
              { functionCall: { id: 'c1', name: 'weather', args: { city: 'Bern' } } },
            ],
          },
          finishReason: 'STOP',
          finishMessage: 'Done.',
          avgLogprobs: -0.1,
          tokenCount: 8,
          safetyRatings: [{ category: 'HARM', probability: 'LOW' }],
          citationMetadata: { citations: [{ uri: 'https://x.example' }] },
          groundingMetadata: { webSearchQueries: ['Bern'], groundingChunks: [], groundingSupports: [] },
          urlContextMetadata: { urlMetadata: [] },
        },
      ],
      usageMetadata: {
        promptTokenCount: 9,
        candidatesTokenCount: 6,
        thoughtsTokenCount: 2,
        toolUsePromptTokenCount: 0,
        cachedContentTokenCount: 3,
        totalTokenCount: 17,
        trafficType: 'ON_DEMAND',
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 9 }],
      },
    },
    closed: {
      'candidates[0].content': 'a role and the parts',
      'candidates[0].content.parts[0]': 'a thought is a text with a signature in the hub',
      'candidates[0].content.parts[1]': 'texts of a reply are joined to one',
      'candidates[0].content.parts[3]': 'what is known of a call stands in the call',
      'usageMetadata.promptTokensDetails[0]': 'a number per modality',
    },
    left: {
      'candidates[0].tokenCount': 'the usage says the same',
    },
  },
  'bedrock-converse': {
    provider: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: {
      output: {
        message: {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'I think.', signature: 'c2ln' } } },
            { text: 'Hi' },
            {
              citationsContent: {
                content: [{ text: 'There' }],
                citations: [{ title: 'X', location: { web: { url: 'https://x.example' } } }],
              },
            },
            { toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Bern' } } },
          ],
        },
      },
      stopReason: 'tool_use',
      usage: {
        inputTokens: 9,
        outputTokens: 8,
        totalTokens: 25,
        cacheReadInputTokens: 3,
        cacheWriteInputTokens: 5,
        cacheDetails: [{ ttl: '1h', inputTokens: 5 }],
      },
      metrics: { latencyMs: 421 },
      trace: { guardrail: { inputAssessment: {} } },
      performanceConfig: { latency: 'standard' },
      serviceTier: { type: 'default' },
      additionalModelResponseFields: { stop_sequence: 'END' },
    },
    closed: {
      output: 'a union: one of its kinds',
      'output.message.content[0]': 'a union: one of its kinds',
      'output.message.content[0].reasoningContent': 'a union: one of its kinds',
      'output.message.content[0].reasoningContent.reasoningText': 'a text and its signature',
      'output.message.content[1]': 'a union: one of its kinds',
      'output.message.content[2]': 'a union: one of its kinds',
      'output.message.content[3]': 'a union: one of its kinds',
      'usage.cacheDetails[0]': 'a number per lifetime',
      serviceTier: 'told as service_tier',
    },
    left: { 'usage.totalTokens': 'the sum of the others' },
  },
  'cohere-chat': {
    provider: 'cohere',
    model: 'command-a-03-2025',
    body: {
      id: 'c-1',
      finish_reason: 'TOOL_CALL',
      message: {
        role: 'assistant',
        tool_plan: 'I will look.',
        content: [
          { type: 'thinking', thinking: 'I think.' },
          { type: 'text', text: 'Hi' },
        ],
        tool_calls: [{ id: 'call_1', type: 'function', function: call }],
        citations: [
          {
            start: 0,
            end: 2,
            text: 'Hi',
            sources: [{ type: 'document', id: 'd', document: { title: 'X' } }],
          },
        ],
      },
      usage: {
        billed_units: { input_tokens: 5, output_tokens: 4 },
        tokens: { input_tokens: 9, output_tokens: 8 },
        cached_tokens: 3,
      },
    },
    closed: {
      'message.content[0]': 'thinking of a reply is joined to one text',
      'message.content[1]': 'texts of a reply are joined to one',
      'message.tool_calls[0].function': 'a name and its arguments',
      'usage.tokens': 'the counts that usage has names for',
    },
  },
  'ollama-chat': {
    provider: 'ollama',
    model: 'qwen3',
    body: {
      model: 'qwen3',
      created_at: '2026-01-01T00:00:00Z',
      message: {
        role: 'assistant',
        content: 'Hi',
        thinking: 'I think.',
        tool_calls: [{ function: { name: 'weather', arguments: { city: 'Bern' } } }],
      },
      done: true,
      done_reason: 'stop',
      total_duration: 5_000_001,
      load_duration: 1_000_001,
      prompt_eval_count: 9,
      prompt_eval_duration: 2_000_001,
      eval_count: 8,
      eval_duration: 3_000_001,
    },
    closed: {
      'message.tool_calls[0].function': 'a name and its arguments',
    },
    left: { model: 'the one that was asked' },
  },
  'openai-responses': {
    provider: 'openai',
    model: 'responses/gpt-5.1-codex',
    body: {
      id: 'resp_1',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'gpt-5.1-codex',
      service_tier: 'default',
      conversation: { id: 'conv_1' },
      output: [
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'I think.' }],
          encrypted_content: 'c2VhbGVk',
        },
        {
          type: 'web_search_call',
          id: 'ws_1',
          status: 'completed',
          action: { type: 'search', query: 'Bern' },
        },
        {
          type: 'message',
          id: 'msg_1',
          status: 'completed',
          role: 'assistant',
          phase: 'final_answer',
          content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'call_1', status: 'completed', ...call },
      ],
      usage: {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 17,
      },
    },
    closed: {
      'output[0]': 'thinking is a text and a seal in the hub',
      'output[0].summary[0]': 'texts of a summary are joined to one',
      'output[2].content[0]': 'texts of a reply are joined to one',
    },
    left: {
      'output[2].id': 'nothing is asked by it',
      'output[3].id': 'calls are answered by call_id',
    },
  },
}
