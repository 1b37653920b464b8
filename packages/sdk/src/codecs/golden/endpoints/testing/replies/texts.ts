import type { Replies } from './replies.ts'

const choice = { text: ' there was', index: 0, logprobs: null, finish_reason: 'length' }

export const textCompletionReplies: Replies = {
  'openai-completions': {
    from: 'https://platform.openai.com/docs/api-reference/completions/object, 2026-01',
    replies: {
      'a text': {
        body: {
          ...{
            id: 'cmpl-1',
            object: 'text_completion',
            created: 1589478378,
            model: 'gpt-3.5-turbo-instruct',
          },
          ...{ choices: [choice], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } },
        },
      },
      'two texts with probabilities': {
        body: {
          ...{
            id: 'cmpl-2',
            object: 'text_completion',
            created: 1589478378,
            model: 'm',
            system_fingerprint: 'fp_44',
          },
          choices: [
            {
              ...{ ...choice, finish_reason: 'stop' },
              logprobs: {
                ...{ tokens: [' there'], token_logprobs: [-0.5], top_logprobs: [{ ' there': -0.5 }] },
                text_offset: [16],
              },
            },
            { ...choice, index: 1 },
          ],
        },
      },
      'chat’s shape, as Mistral answers': {
        body: {
          ...{ id: 'c', object: 'chat.completion', model: 'codestral-latest', created: 1702256327 },
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: ' there was', prefix: false },
              finish_reason: 'stop',
            },
          ],
          usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
        },
        ...{ provider: 'vertex_ai', model: 'codestral-2501' },
      },
      'no choices': { body: { id: 'cmpl-3', object: 'text_completion' } },
    },
  },
  'aleph-complete': {
    from: 'https://docs.aleph-alpha.com/api/complete/, 2025-12',
    replies: {
      'a text': {
        body: {
          ...{
            model_version: '2021-12',
            completions: [{ completion: ' there was', finish_reason: 'maximum_tokens' }],
          },
          ...{ num_tokens_prompt_total: 5, num_tokens_generated: 2 },
        },
      },
      'two texts': {
        body: {
          completions: [
            { completion: ' there', finish_reason: 'end_of_text' },
            { completion: ' was', finish_reason: 'stop_sequence_reached' },
          ],
        },
      },
    },
  },
  'ollama-generate': {
    from: 'https://docs.ollama.com/api/generate, 2026-01',
    replies: {
      'a text': {
        body: {
          ...{
            model: 'qwen3',
            created_at: '2025-10-17T23:14:07.414671Z',
            response: ' there was',
            done: true,
          },
          ...{ done_reason: 'stop', total_duration: 174560334, prompt_eval_count: 11, eval_count: 18 },
        },
      },
      'cut off': { body: { model: 'qwen3', response: ' there', done: true, done_reason: 'length' } },
    },
  },
  'tgi-generate': {
    from: 'https://huggingface.github.io/text-generation-inference/, 2025-12',
    replies: {
      'a text': {
        body: [
          {
            generated_text: ' there was',
            details: {
              finish_reason: 'length',
              generated_tokens: 2,
              seed: null,
              prefill: [{ id: 1, text: 'Once', logprob: null }],
              tokens: [],
            },
          },
        ],
      },
      'without details': { body: { generated_text: ' there was' } },
    },
  },
  'watsonx-generation': {
    from: 'https://cloud.ibm.com/apidocs/watsonx-ai#text-generation, 2026-01',
    replies: {
      'a text': {
        body: {
          ...{ model_id: 'ibm/granite-3-8b-instruct', created_at: '2023-07-21T16:52:32.190Z' },
          results: [
            {
              generated_text: ' there was',
              generated_token_count: 4,
              input_token_count: 12,
              stop_reason: 'eos_token',
            },
          ],
        },
      },
      'cut off': {
        body: {
          results: [
            {
              generated_text: ' there',
              generated_token_count: 1,
              input_token_count: 4,
              stop_reason: 'max_tokens',
            },
          ],
        },
      },
    },
  },
}

export const moderationReplies: Replies = {
  'openai-moderations': {
    from: 'https://platform.openai.com/docs/api-reference/moderations/object, 2026-01',
    replies: {
      flagged: {
        body: {
          ...{ id: 'modr-1', model: 'omni-moderation-latest' },
          results: [
            {
              ...{ flagged: true, categories: { violence: true, 'violence/graphic': false } },
              ...{
                category_scores: { violence: 0.9, 'violence/graphic': 0.1 },
                category_applied_input_types: { violence: ['image'] },
              },
            },
          ],
        },
      },
      'as Mistral answers': {
        body: {
          ...{ id: 'mod-e5cc70', model: 'mistral-moderation-latest' },
          results: [
            { categories: { pii: true, sexual: false }, category_scores: { pii: 0.99, sexual: 0.01 } },
          ],
          usage: { prompt_tokens: 9, total_tokens: 101, completion_tokens: 0 },
        },
      },
      'no results': { body: { id: 'modr-2' } },
    },
  },
}

export const countTokensReplies: Replies = {
  'anthropic-messages': {
    from: 'https://platform.claude.com/docs/en/api/messages/count_tokens, 2026-01',
    replies: {
      tokens: { body: { input_tokens: 2095 } },
      'tokens before editing': {
        body: { input_tokens: 25000, context_management: { original_input_tokens: 70000 } },
      },
      'no count': { body: {} },
    },
  },
  gemini: {
    from: 'https://ai.google.dev/api/tokens, 2026-01',
    replies: {
      tokens: { body: { totalTokens: 31, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 31 }] } },
      'tokens, some in a cache': {
        body: { totalTokens: 31, cachedContentTokenCount: 20, totalBillableCharacters: 96 },
      },
    },
  },
  'bedrock-converse': {
    from: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html, 2026-01',
    replies: { tokens: { body: { inputTokens: 17 } }, 'no count': { body: {} } },
  },
}
