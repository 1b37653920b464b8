import { type CompatibleRow, MAX_TOKENS, THINKS } from '../compatible.ts'
import { RAGFLOW } from '../vendors/agents/ragflow.ts'
import { HOSTED_VLLM } from '../vendors/hosted-vllm.ts'
import { LITELLM_PROXY } from '../vendors/litellm-proxy.ts'
import { LM_STUDIO } from '../vendors/lm-studio.ts'
import { RERANK } from './rerankers.ts'

/** Servers one runs oneself, and "anything that speaks OpenAI": nothing is assumed about what they cannot do. */
export const OWN_SERVERS = {
  custom: {
    title: 'OpenAI-compatible server',
    docs: 'https://platform.openai.com/docs/api-reference/chat',
    env: [],
    keyRequired: false,
    embeddings: true,
    forwards: true,
  },
  custom_openai: {
    title: 'OpenAI-compatible server',
    docs: 'https://platform.openai.com/docs/api-reference/chat',
    env: [],
    completions: true,
    keyRequired: false,
    embeddings: true,
    forwards: true,
  },
  docker_model_runner: {
    title: 'Docker Model Runner',
    docs: 'https://docs.docker.com/ai/model-runner/api-reference/',
    baseUrl: 'http://localhost:12434/engines/llama.cpp',
    baseUrlEnv: ['DOCKER_MODEL_RUNNER_API_BASE'],
    env: ['DOCKER_MODEL_RUNNER_API_KEY'],
    keyRequired: false,
    // The base names the engine (`…/engines/llama.cpp`), as in Docker's and LiteLLM's examples.
    path: '/v1/chat/completions',
    embeddings: true,
    chat: { developerRole: false, ...THINKS },
  },
  hosted_vllm: HOSTED_VLLM,
  lemonade: {
    title: 'Lemonade',
    docs: 'https://lemonade-server.ai/docs/server/server_spec/',
    baseUrl: 'http://localhost:8000/api/v1',
    baseUrlEnv: ['LEMONADE_API_BASE'],
    env: ['LEMONADE_API_KEY'],
    keyRequired: false,
    embeddings: true,
    chat: { developerRole: false, ...THINKS },
  },
  litellm_proxy: LITELLM_PROXY,
  llamafile: {
    title: 'llamafile',
    docs: 'https://github.com/Mozilla-Ocho/llamafile',
    baseUrl: 'http://127.0.0.1:8080/v1',
    baseUrlEnv: ['LLAMAFILE_API_BASE'],
    env: ['LLAMAFILE_API_KEY'],
    completions: true,
    keyRequired: false,
    embeddings: true,
    chat: { developerRole: false, ...THINKS },
    params: MAX_TOKENS,
  },
  lm_studio: LM_STUDIO,
  oobabooga: {
    title: 'Text Generation WebUI',
    docs: 'https://github.com/oobabooga/text-generation-webui/wiki/12-%E2%80%90-OpenAI-API',
    baseUrlEnv: ['OOBABOOGA_API_BASE'],
    env: ['OOBABOOGA_API_KEY'],
    keyRequired: false,
    path: '/v1/chat/completions',
    embeddings: true,
    chat: { developerRole: false, ...THINKS },
    params: MAX_TOKENS,
  },
  openai_like: {
    title: 'OpenAI-compatible server',
    docs: 'https://platform.openai.com/docs/api-reference/chat',
    baseUrlEnv: ['OPENAI_LIKE_API_BASE'],
    env: ['OPENAI_LIKE_API_KEY'],
    completions: true,
    keyRequired: false,
    embeddings: true,
    forwards: true,
  },
  ragflow: RAGFLOW,
  xinference: {
    title: 'Xinference',
    docs: 'https://inference.readthedocs.io/en/latest/models/model_abilities/chat.html',
    baseUrl: 'http://127.0.0.1:9997/v1',
    baseUrlEnv: ['XINFERENCE_API_BASE'],
    env: ['XINFERENCE_API_KEY'],
    keyRequired: false,
    embeddings: true,
    endpoints: { rerank: [RERANK] },
    chat: { developerRole: false, ...THINKS },
  },
} as const satisfies Readonly<Record<string, CompatibleRow>>
