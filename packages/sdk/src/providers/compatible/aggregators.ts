import { openaiModerations } from '../../codecs/openai-moderations/codec.ts'
import { type CompatibleRow, MAX_TOKENS, RENAMES_REASONING } from '../compatible.ts'
import { CLARIFAI } from '../vendors/clarifai.ts'
import { DATAROBOT } from '../vendors/datarobot.ts'
import { OPENROUTER } from '../vendors/openrouter.ts'
import { RERANK } from './rerankers.ts'
import { thinkingSwitch } from './thinking-switch.ts'

/** Services that hand requests on to many vendors: what the one behind them can do decides, so nothing is left out. */
export const AGGREGATORS = {
  aihubmix: {
    title: 'AIHubMix',
    docs: 'https://docs.aihubmix.com',
    baseUrl: 'https://aihubmix.com/v1',
    baseUrlEnv: ['AIHUBMIX_API_BASE'],
    env: ['AIHUBMIX_API_KEY'],
    embeddings: true,
    endpoints: {
      rerank: [RERANK],
      moderation: [{ codec: openaiModerations, path: '/moderations' }],
    },
    forwards: true,
  },
  aiml: {
    title: 'AI/ML API',
    docs: 'https://docs.aimlapi.com',
    baseUrl: 'https://api.aimlapi.com/v1',
    baseUrlEnv: ['AIML_API_BASE'],
    env: ['AIML_API_KEY'],
    embeddings: true,
    forwards: true,
  },
  apertis: {
    title: 'Apertis',
    docs: 'https://docs.stima.tech',
    baseUrl: 'https://api.stima.tech/v1',
    env: ['STIMA_API_KEY'],
    completions: true,
    embeddings: true,
    params: MAX_TOKENS,
    forwards: true,
  },
  clarifai: CLARIFAI,
  cometapi: {
    title: 'CometAPI',
    docs: 'https://api.cometapi.com/doc',
    baseUrl: 'https://api.cometapi.com/v1',
    env: ['COMETAPI_KEY', 'COMETAPI_API_KEY'],
    embeddings: true,
    forwards: true,
  },
  datarobot: DATAROBOT,
  edenai: {
    title: 'Eden AI',
    docs: 'https://www.edenai.co/docs',
    baseUrl: 'https://api.edenai.run/v3',
    baseUrlEnv: ['EDENAI_API_BASE'],
    env: ['EDENAI_API_KEY'],
    embeddings: true,
    forwards: true,
  },
  helicone: {
    title: 'Helicone AI Gateway',
    docs: 'https://docs.helicone.ai/gateway/overview',
    baseUrl: 'https://ai-gateway.helicone.ai',
    env: ['HELICONE_API_KEY'],
    forwards: true,
  },
  nadir: {
    title: 'Nadir',
    docs: 'https://docs.litellm.ai/docs/providers/openai_compatible',
    baseUrl: 'https://api.getnadir.com/v1',
    env: ['NADIR_API_KEY'],
    forwards: true,
  },
  'nano-gpt': {
    title: 'NanoGPT',
    docs: 'https://docs.nano-gpt.com',
    baseUrl: 'https://nano-gpt.com/api/v1',
    env: ['NANOGPT_API_KEY'],
    completions: true,
    embeddings: true,
    params: MAX_TOKENS,
    forwards: true,
  },
  openrouter: OPENROUTER,
  poe: {
    title: 'Poe',
    docs: 'https://creator.poe.com/docs/external-applications/openai-compatible-api',
    baseUrl: 'https://api.poe.com/v1',
    env: ['POE_API_KEY'],
    completions: true,
    params: MAX_TOKENS,
    forwards: true,
  },
  tencent: {
    title: 'Tencent Cloud TokenHub',
    docs: 'https://www.tencentcloud.com/document/product/1300/78941',
    baseUrl: 'https://tokenhub-intl.tencentcloudmaas.com/v1',
    baseUrlEnv: ['TENCENT_API_BASE'],
    env: ['TENCENT_API_KEY'],
    chat: {
      developerRole: false,
      thinking: true,
      keeps: ['reasoning_content'],
      adjust: thinkingSwitch({ takesEffort: true }),
    },
    params: MAX_TOKENS,
    exampleModels: ['deepseek-v4-pro', 'deepseek-v4-flash'],
  },
  vercel_ai_gateway: {
    title: 'Vercel AI Gateway',
    docs: 'https://vercel.com/docs/ai-gateway/openai-compat',
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    baseUrlEnv: ['VERCEL_AI_GATEWAY_API_BASE'],
    env: ['VERCEL_AI_GATEWAY_API_KEY', 'VERCEL_OIDC_TOKEN'],
    headers: { 'http-referer': { env: ['VERCEL_SITE_URL'] }, 'x-title': { env: ['VERCEL_APP_NAME'] } },
    embeddings: true,
    chat: { keeps: ['cache_control'], ...RENAMES_REASONING },
    forwards: true,
    exampleModels: ['anthropic/claude-sonnet-4.5', 'openai/gpt-5.1'],
  },
} as const satisfies Readonly<Record<string, CompatibleRow>>
