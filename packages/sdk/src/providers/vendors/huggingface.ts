import { featureExtraction } from '../../codecs/feature-extraction/codec.ts'
import { openaiChatWith } from '../../codecs/openai-chat/codec.ts'
import { tgiGenerate } from '../../codecs/tgi-generate/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { Deployment } from '../../types/deployment.ts'
import { TEI_RERANK } from '../compatible/rerankers.ts'
import { THINKS } from '../compatible.ts'
import { escapedPath } from '../escaped-path.ts'
import type { Binding, Provider } from '../provider.ts'

/**
 * Hugging Face: its router of inference providers, and endpoints of one's own under `api_base`.
 * Source: https://huggingface.co/docs/inference-providers
 */
export const huggingface: Provider = {
  name: 'huggingface',
  title: 'Hugging Face',
  docs: 'https://huggingface.co/docs/inference-providers',
  baseUrl: 'https://router.huggingface.co',
  baseUrlEnv: ['HUGGINGFACE_API_BASE'],
  credentials: bearer(['HF_TOKEN', 'HUGGINGFACE_API_KEY'], { required: false }),
  endpoints: {
    chat: [{ codec: openaiChatWith(THINKS), path: '/v1/chat/completions', model: routed }],
    text_completion: [{ codec: tgiGenerate, path: taskPath(''), model: ofHfInference }],
    embedding: [
      { codec: featureExtraction, path: taskPath('/pipeline/feature-extraction'), model: ofHfInference },
    ],
    rerank: [TEI_RERANK],
  },
  params: { store: 'drop', metadata: 'drop' },
  exampleModels: ['openai/gpt-oss-120b', 'together/deepseek-ai/DeepSeek-V3.2', 'BAAI/bge-m3'],
}

/** LiteLLM puts the inference provider in front of the model's name, the router behind it, after a colon. */
function routed(model: string): string {
  const [provider, organization, ...name] = model.split('/')
  return organization === undefined || name.length === 0
    ? model
    : `${organization}/${name.join('/')}:${provider}`
}

const OWN_INFERENCE = 'hf-inference/'

function ofHfInference(model: string): string {
  return model.startsWith(OWN_INFERENCE) ? model.slice(OWN_INFERENCE.length) : model
}

/** An endpoint of one's own is called as it is given; the router has a path for each model and task. */
function taskPath(task: string): Exclude<Binding['path'], string> {
  return ({ model, deployment }: { model: string; deployment: Deployment }) =>
    deployment.apiBase === undefined ? `/${OWN_INFERENCE}models/${escapedPath(model)}${task}` : ''
}
