import { describe, expect, test } from 'vitest'
import type { CallInfo } from '../../codecs/codec.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import { bind, urlOf } from '../bind.ts'
import type { Provider } from '../provider.ts'
import { providers } from '../registry.ts'

/** What goes where when a provider is asked. */
function sent<E extends EndpointName>(
  name: string,
  endpoint: E,
  request: Omit<RequestOf<E>, 'model'>,
  model = 'm',
) {
  const provider = providers.get(name) as Provider
  const deployment: Deployment = { id: 'd', group: 'g', provider: name, model }
  const binding = bind(provider, endpoint, undefined, model)
  const named = binding.model?.(model) ?? model
  const info: CallInfo = { id: 'c', now: 0, model: named, stream: false, deployment, warn() {} }
  const wire = binding.codec.upstream.encodeRequest({ ...request, model } as RequestOf<E>, info)
  return {
    url: urlOf(provider, binding, { model: named, stream: false, deployment }, undefined, wire),
    body: wire.body,
    read: (body: unknown) => binding.codec.upstream.decodeResponse(body, info, {}),
  }
}

describe('embeddings', () => {
  const request = { input: ['a'], dimensions: 8, encoding_format: 'float' as const }

  test.each<[string, string, string, object]>([
    ['voyage', 'voyage-3.5', 'https://api.voyageai.com/v1/embeddings', { input: ['a'], output_dimension: 8 }],
    [
      'voyage',
      'voyage-context-3',
      'https://api.voyageai.com/v1/contextualizedembeddings',
      { inputs: [['a']], output_dimension: 8 },
    ], // prettier-ignore
    [
      'jina_ai',
      'm',
      'https://api.jina.ai/v1/embeddings',
      { input: ['a'], dimensions: 8, embedding_type: 'float' },
    ], // prettier-ignore
    [
      'mistral',
      'm',
      'https://api.mistral.ai/v1/embeddings',
      { input: ['a'], output_dimension: 8, encoding_format: 'float' },
    ], // prettier-ignore
    ['perplexity', 'm', 'https://api.perplexity.ai/v1/embeddings', { input: ['a'], dimensions: 8 }],
    [
      'fireworks_ai',
      'nomic-ai/m',
      'https://api.fireworks.ai/inference/v1/embeddings',
      { input: ['a'], dimensions: 8 },
    ], // prettier-ignore
    ['xinference', 'm', 'http://127.0.0.1:9997/v1/embeddings', request],
  ])('%s/%s', (name, model, url, body) => {
    expect(sent(name, 'embedding', request, model)).toMatchObject({ url, body: { ...body, model } })
    expect(Object.keys(sent(name, 'embedding', request, model).body).sort()).toEqual(
      [...Object.keys(body), 'model'].sort(),
    )
  })

  test('words of their own go along', () => {
    const own = { input: ['a'], input_type: 'query', truncate: 'END' }
    expect(sent('nvidia_nim', 'embedding', own).body).toMatchObject(own)
  })

  test('tokens go only to those who can read them', () => {
    for (const input of [
      [1, 2],
      [[1], [2]],
    ] as EmbeddingRequest['input'][]) {
      for (const name of ['openai', 'hosted_vllm', 'nebius']) {
        if (name !== 'hosted_vllm') expect(sent(name, 'embedding', { input }).body.input).toEqual(input)
      }
      for (const name of ['voyage', 'jina_ai', 'mistral', 'together_ai', 'perplexity'])
        expect(() => sent(name, 'embedding', { input })).toThrow(
          new RegExp(`^input: ${name} takes texts, not tokens\\. .*LangChain`),
        )
    }
  })

  test('Jina’s pictures are objects, beside texts', () => {
    const input = ['a', 'data:image/png;base64,iVBORw0KGgo=']
    expect(sent('jina_ai', 'embedding', { input }).body.input).toEqual(['a', { image: 'iVBORw0KGgo=' }])
  })

  test('Perplexity’s bytes become numbers', () => {
    const embedding = Buffer.from(new Int8Array([-128, 0, 127]).buffer).toString('base64')
    const reply = { data: [{ object: 'embedding', index: 0, embedding }], usage: { total_tokens: 3 } }
    expect(sent('perplexity', 'embedding', request).read(reply)).toMatchObject({
      data: [{ embedding: [-128, 0, 127] }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    })
  })

  test('Voyage’s chunks come back as one list, whatever the documents', () => {
    const { body, read } = sent(
      'voyage',
      'embedding',
      { input: [['a', 'b'], 'c'] as never },
      'voyage-context-3',
    )
    expect(body.inputs).toEqual([['a', 'b'], ['c']])
    const list = (...vectors: number[][]) => ({
      object: 'list',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    })
    expect(read({ data: [list([1], [2]), list([3])], usage: { total_tokens: 3 } })).toMatchObject({
      data: [
        { index: 0, embedding: [1] },
        { index: 1, embedding: [2] },
        { index: 2, embedding: [3] },
      ],
    })
  })
})

describe('rerank', () => {
  const request = { query: 'q', documents: ['a', { text: 'b' }], top_n: 1, return_documents: true }
  const texts = { model: 'm', query: 'q', documents: ['a', 'b'] }

  test.each<[string, string, object]>([
    ['cohere', 'https://api.cohere.com/v2/rerank', { ...texts, top_n: 1 }],
    ['voyage', 'https://api.voyageai.com/v1/rerank', { ...texts, top_k: 1, return_documents: true }],
    ['jina_ai', 'https://api.jina.ai/v1/rerank', { ...request, model: 'm' }],
    ['together_ai', 'https://api.together.xyz/v1/rerank', { ...request, model: 'm' }],
    [
      'fireworks_ai',
      'https://api.fireworks.ai/inference/v1/rerank',
      { ...texts, model: 'accounts/fireworks/models/m', top_n: 1, return_documents: true },
    ], // prettier-ignore
    ['deepinfra', 'https://api.deepinfra.com/v1/inference/m', { queries: ['q'], documents: ['a', 'b'] }],
    [
      'dashscope',
      'https://dashscope-intl.aliyuncs.com/api/v1/services/rerank/text-rerank/text-rerank',
      {
        model: 'm',
        input: { query: 'q', documents: ['a', 'b'] },
        parameters: { top_n: 1, return_documents: true },
      },
    ], // prettier-ignore
    ['xinference', 'http://127.0.0.1:9997/v1/rerank', { ...texts, top_n: 1, return_documents: true }],
  ])('%s', (name, url, body) => {
    expect(sent(name, 'rerank', request)).toMatchObject({ url, body })
    expect(Object.keys(sent(name, 'rerank', request).body).sort()).toEqual(Object.keys(body).sort())
  })

  test('NVIDIA’s own host has a path for each model', () => {
    const { url, body, read } = sent('nvidia_nim', 'rerank', request, 'nvidia/llama-3_2-nv-rerankqa-1b-v2')
    expect(url).toBe('https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking')
    expect(body).toEqual({
      model: 'nvidia/llama-3.2-nv-rerankqa-1b-v2',
      query: { text: 'q' },
      passages: [{ text: 'a' }, { text: 'b' }],
    })
    expect(read({ rankings: [{ index: 1, logit: -2 }] })).toMatchObject({
      results: [{ index: 1, relevance_score: -2 }],
    })
  })
})
