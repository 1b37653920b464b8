import type { Replies } from './replies.ts'

const v1 = [0.25, -0.5, 1]
const v2 = [0.5, 0, -0.125]
/** `v1` as little-endian float32. */
const v1Base64 = 'AACAPgAAAL8AAIA/'
const item = (embedding: unknown, index = 0) => ({ object: 'embedding', index, embedding })
const two = { asked: { input: ['Hello', 'Goodbye'] } }
const base64 = { asked: { input: ['Hello'], encoding_format: 'base64' } }

export const embeddingReplies: Replies = {
  'openai-embeddings': {
    from: 'https://platform.openai.com/docs/api-reference/embeddings/object, 2026-01',
    replies: {
      numbers: {
        body: {
          ...{ object: 'list', data: [item(v1), item(v2, 1)], model: 'text-embedding-3-small' },
          usage: { prompt_tokens: 8, total_tokens: 8 },
        },
        ...two,
      },
      'base64 as asked': {
        body: {
          object: 'list',
          data: [item(v1Base64)],
          model: 'm',
          usage: { prompt_tokens: 1, total_tokens: 1 },
        },
        ...base64,
      },
      'base64 though numbers were asked': {
        body: {
          object: 'list',
          data: [item(v1Base64)],
          model: 'm',
          usage: { prompt_tokens: 1, total_tokens: 1 },
        },
      },
      'numbers though base64 was asked': {
        body: { object: 'list', data: [item(v1)], model: 'm' },
        ...base64,
      },
      'out of order': { body: { object: 'list', data: [item(v2, 1), item(v1, 0)], model: 'm' }, ...two },
      'Voyage: no prompt tokens': {
        body: { object: 'list', data: [item(v1)], model: 'voyage-3.5', usage: { total_tokens: 10 } },
        provider: 'voyage',
        model: 'voyage-3-large',
      },
      'Voyage: chunks of documents': {
        body: {
          object: 'list',
          data: [
            { object: 'list', data: [item(v1)], index: 0 },
            { object: 'list', data: [item(v2)], index: 1 },
          ],
          ...{ model: 'voyage-context-3', usage: { total_tokens: 7 } },
        },
        ...{ provider: 'voyage', model: 'voyage-context-3', ...two },
      },
      'Perplexity: signed bytes': {
        body: {
          object: 'list',
          data: [item('AYB/')],
          model: 'pplx-embed-v1-0.6b',
          usage: { prompt_tokens: 2, total_tokens: 2 },
        },
        provider: 'perplexity',
      },
      'no data': { body: { object: 'list', model: 'm' } },
    },
  },
  'cohere-embeddings': {
    from: 'https://docs.cohere.com/reference/embed, 2026-01',
    replies: {
      numbers: {
        body: {
          ...{ id: '54910170', embeddings: { float: [v1, v2] }, texts: ['hello', 'goodbye'] },
          ...{
            meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } },
            response_type: 'embeddings_by_type',
          },
        },
        ...two,
      },
      'base64 as asked': {
        body: {
          ...{ id: '5807ee2e', embeddings: { base64: [v1Base64] }, texts: ['hello'] },
          meta: { billed_units: { input_tokens: 1 } },
        },
        ...base64,
      },
      'a picture': {
        body: {
          ...{
            id: '5807ee2f',
            embeddings: { float: [v1] },
            images: [{ width: 400, height: 400, format: 'jpeg', bit_depth: 24 }],
          },
          meta: { billed_units: { images: 1 } },
        },
      },
    },
  },
  'bedrock-embeddings': {
    from: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, 2026-01',
    replies: {
      'Titan 2': {
        body: { embedding: v1, inputTextTokenCount: 5, embeddingsByType: { float: v1 } },
        model: 'amazon.titan-embed-text-v2:0',
      },
      'Titan for pictures': {
        body: { embedding: v1, inputTextTokenCount: 0, message: null },
        model: 'amazon.titan-embed-image-v1',
      },
      'Cohere 3': {
        body: {
          id: 'e1',
          response_type: 'embeddings_floats',
          embeddings: [v1, v2],
          texts: ['hello', 'goodbye'],
        },
        headers: { 'x-amzn-bedrock-input-token-count': '6' },
        ...{ model: 'cohere.embed-multilingual-v3', ...two },
      },
      'Cohere 4': {
        body: { id: 'e2', response_type: 'embeddings_by_type', embeddings: { float: [v1] } },
        model: 'us.cohere.embed-v4:0',
      },
      Nova: {
        body: { embeddings: [{ embeddingType: 'TEXT', embedding: v1 }] },
        model: 'amazon.nova-2-multimodal-embeddings-v1:0',
      },
      Marengo: {
        body: { data: [{ embedding: v1, embeddingOption: 'visual-text', startSec: null, endSec: null }] },
        model: 'twelvelabs.marengo-embed-2-7-v1:0',
      },
    },
  },
  'feature-extraction': {
    from: 'https://huggingface.co/docs/inference-providers/tasks/feature-extraction, 2026-01',
    replies: {
      'a vector each': { body: [v1, v2], ...two },
      'one vector': { body: v1 },
      'no vectors': { body: { error: 'Model too busy' } },
    },
  },
  'gemini-embeddings': {
    from: 'https://ai.google.dev/api/embeddings, 2026-01',
    replies: {
      vectors: { body: { embeddings: [{ values: v1 }, { values: v2 }] }, ...two },
      'with their tokens': { body: { embeddings: [{ values: v1 }], usageMetadata: { promptTokenCount: 3 } } },
    },
  },
  'gigachat-embeddings': {
    from: 'https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-embeddings, 2025-12',
    replies: {
      vectors: {
        body: {
          ...{ object: 'list', model: 'Embeddings' },
          data: [
            { ...item(v1), usage: { prompt_tokens: 6 } },
            { ...item(v2, 1), usage: { prompt_tokens: 4 } },
          ],
        },
        ...two,
      },
      'without tokens': { body: { object: 'list', model: 'EmbeddingsGigaR', data: [item(v1)] } },
    },
  },
  'oci-embed-text': {
    from: 'https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/EmbedTextResult, 2026-01',
    replies: {
      vectors: {
        body: {
          ...{ id: 'a-1', embeddings: [v1, v2], modelId: 'cohere.embed-english-v3.0', modelVersion: '3.0' },
          usage: { promptTokens: 4, totalTokens: 4 },
        },
        ...two,
      },
      'without tokens': { body: { id: 'a-2', embeddings: [v1], modelId: 'cohere.embed-english-v3.0' } },
    },
  },
  'ollama-embeddings': {
    from: 'https://docs.ollama.com/api/embed, 2026-01',
    replies: {
      vectors: {
        body: {
          ...{ model: 'all-minilm', embeddings: [v1, v2], total_duration: 14143917, load_duration: 1019500 },
          prompt_eval_count: 8,
        },
        ...two,
      },
      'without tokens': { body: { model: 'all-minilm', embeddings: [v1] } },
    },
  },
  'sagemaker-embeddings': {
    from: 'https://sagemaker.readthedocs.io/en/stable/overview.html (JumpStart, Hugging Face), 2025-12',
    replies: {
      JumpStart: { body: { embedding: [v1, v2] }, ...two },
      'a bare list': { body: [v1] },
      'of OpenAI’s shape': { body: { data: [item(v1)], usage: { prompt_tokens: 3, total_tokens: 3 } } },
    },
  },
  'sap-embeddings': {
    from: 'https://help.sap.com/docs/sap-ai-core/generative-ai/orchestration embeddings, 2026-01',
    replies: {
      vectors: {
        body: {
          request_id: 'r-1',
          final_result: {
            ...{ object: 'list', data: [item(v1), item(v2, 1)], model: 'text-embedding-3-large' },
            usage: { prompt_tokens: 6, total_tokens: 6 },
          },
        },
        ...two,
      },
      'base64 as asked': {
        body: { request_id: 'r-2', final_result: { object: 'list', data: [item(v1Base64)], model: 'm' } },
        ...base64,
      },
    },
  },
  'snowflake-embed': {
    from: 'https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/reference/cortex-embed, 2026-01',
    replies: {
      vectors: {
        body: {
          ...{ object: 'list', data: [item([v1]), item([v2], 1)], model: 'snowflake-arctic-embed-l-v2.0' },
          usage: { total_tokens: 10 },
        },
        ...two,
      },
      'no data': { body: { message: 'unknown model', request_id: 'r' } },
    },
  },
  'triton-embeddings': {
    from: 'https://github.com/kserve/open-inference-protocol, 2025-12',
    replies: {
      vectors: {
        body: {
          ...{ model_name: 'm', model_version: '1' },
          outputs: [{ name: 'embeddings', datatype: 'FP32', shape: [2, 3], data: [...v1, ...v2] }],
        },
        ...two,
      },
      'no outputs': { body: { error: 'unknown model' } },
    },
  },
  'vertex-embeddings': {
    from: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api, 2026-01',
    replies: {
      texts: {
        body: {
          predictions: [
            { embeddings: { statistics: { truncated: false, token_count: 4 }, values: v1 } },
            { embeddings: { statistics: { truncated: true, token_count: 6 }, values: v2 } },
          ],
        },
        ...{ model: 'text-embedding-005', ...two },
      },
      'a text and a picture': {
        body: { predictions: [{ textEmbedding: v1 }, { imageEmbedding: v2 }], deployedModelId: '1' },
        ...{ model: 'multimodalembedding@001', ...two },
      },
      'a film': {
        body: {
          predictions: [{ videoEmbeddings: [{ startOffsetSec: 0, endOffsetSec: 16, embedding: v1 }] }],
        },
        model: 'multimodalembedding@001',
      },
      'one after the other': {
        bodies: [
          {
            embedding: { values: v1 },
            usageMetadata: { promptTokenCount: 2, totalTokenCount: 2 },
            truncated: false,
          },
          { embedding: { values: v2 }, usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 } },
        ],
        ...{ model: 'gemini-embedding-2-preview', ...two },
      },
      'of a tuned model': { body: { predictions: [v1] }, model: '1234567890' },
    },
  },
  'watsonx-embeddings': {
    from: 'https://cloud.ibm.com/apidocs/watsonx-ai#text-embeddings, 2026-01',
    replies: {
      vectors: {
        body: {
          ...{ model_id: 'ibm/slate-30m-english-rtrvr', created_at: '2024-02-21T17:32:28Z' },
          ...{ results: [{ embedding: v1 }, { embedding: v2 }], input_token_count: 10 },
        },
        ...two,
      },
      'no results': { body: { trace: 't' } },
    },
  },
}
