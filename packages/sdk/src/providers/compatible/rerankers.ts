import { rerank, rerankWith } from '../../codecs/rerank/codec.ts'
import { escapedPath } from '../escaped-path.ts'
import type { Binding, PathAt } from '../provider.ts'

/** The shared shape beside the provider's other endpoints. */
export const RERANK: Binding<'rerank'> = { codec: rerank, path: '/rerank' }

/** Documents may be objects, and their fields are picked there (Together, LiteLLM's proxy). Source: https://docs.together.ai/reference/rerank-1 */
export const FULL_RERANK: Binding<'rerank'> = {
  codec: rerankWith({ objects: true, rankFields: true }),
  path: '/rerank',
}

const NVIDIA_CHAT = 'https://integrate.api.nvidia.com/v1'
const NVIDIA_RETRIEVAL = 'https://ai.api.nvidia.com/v1'

function nvidiaPath({ model, base }: PathAt): string {
  // A server of one's own has one model. In paths a version's dot is an underscore.
  return base === undefined || base === NVIDIA_RETRIEVAL
    ? `/retrieval/${escapedPath(model.replaceAll('.', '_'))}/reranking`
    : '/ranking'
}

/** `ranking/…` is LiteLLM's way to ask for the other of NVIDIA's two paths. */
function nvidiaModel(model: string): string {
  const name = model.startsWith('ranking/') ? model.slice('ranking/'.length) : model
  return name.replace(/(\d)_(\d)/g, '$1.$2')
}

/** Scores are logits. Source: https://docs.api.nvidia.com/nim/reference/nvidia-llama-3_2-nv-rerankqa-1b-v2-infer */
export const NVIDIA_RERANK: Binding<'rerank'> = {
  codec: rerankWith({
    topN: false,
    returnDocuments: false,
    shape: ({ query, documents, ...body }) => ({
      body: { ...body, query: { text: query }, passages: documents.map(text => ({ text })) },
    }),
  }),
  path: nvidiaPath,
  model: nvidiaModel,
  baseUrl: base => (base === NVIDIA_CHAT ? NVIDIA_RETRIEVAL : base),
}

/** Source: https://deepinfra.com/Qwen/Qwen3-Reranker-8B/api */
export const DEEPINFRA_RERANK: Binding<'rerank'> = {
  codec: rerankWith({
    topN: false,
    returnDocuments: false,
    shape: ({ query, model: _, ...body }) => ({ body: { ...body, queries: [query] } }),
  }),
  path: ({ model }) => `/inference/${escapedPath(model)}`,
  baseUrl: base => (base.endsWith('/openai') ? base.slice(0, -'/openai'.length) : base),
}

/** Source: https://www.alibabacloud.com/help/en/model-studio/text-rerank-api */
export const DASHSCOPE_RERANK: Binding<'rerank'> = {
  codec: rerankWith({
    shape: ({ model, query, documents, ...parameters }) => ({
      body: { model, input: { query, documents }, parameters },
    }),
  }),
  path: '/services/rerank/text-rerank/text-rerank',
  baseUrl: base =>
    base.endsWith('/compatible-mode/v1') ? base.replace('/compatible-mode/v1', '/api/v1') : base,
}

/** Text Embeddings Inference. Source: https://huggingface.github.io/text-embeddings-inference/#/Text%20Embeddings%20Inference/rerank */
export const TEI_RERANK: Binding<'rerank'> = {
  codec: rerankWith({
    topN: false,
    returnDocuments: 'return_text',
    shape: ({ model: _, documents, ...body }) => ({ body: { ...body, texts: documents } }),
  }),
  path: '/rerank',
}
