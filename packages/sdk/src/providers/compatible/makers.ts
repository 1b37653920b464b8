import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import { DASHSCOPE } from '../vendors/dashscope.ts'
import { DEEPSEEK } from '../vendors/deepseek.ts'
import { MINIMAX } from '../vendors/minimax.ts'
import { CODESTRAL, MISTRAL } from '../vendors/mistral.ts'
import { MOONSHOT } from '../vendors/moonshot.ts'
import { PERPLEXITY } from '../vendors/perplexity.ts'
import { XAI } from '../vendors/xai.ts'
import { ZAI } from '../vendors/zai.ts'
import { thinkingSwitch } from './thinking-switch.ts'

const AI21 = {
  title: 'AI21',
  docs: 'https://docs.ai21.com/reference/jamba-1-6-api-ref',
  baseUrl: 'https://api.ai21.com/studio/v1',
  baseUrlEnv: ['AI21_API_BASE'],
  env: ['AI21_API_KEY'],
  params: { ...MAX_TOKENS, logit_bias: 'refuse', logprobs: 'refuse', top_logprobs: 'refuse' },
  exampleModels: ['jamba-large', 'jamba-mini'],
} as const satisfies CompatibleRow

/** Vendors that serve models of their own. Keys are LiteLLM’s names: `deepseek/deepseek-chat`. */
export const MAKERS = {
  ai21: AI21,
  ai21_chat: AI21,
  amazon_nova: {
    title: 'Amazon Nova API',
    docs: 'https://nova.amazon.com/dev/documentation',
    baseUrl: 'https://api.nova.amazon.com/v1',
    baseUrlEnv: ['AMAZON_NOVA_API_BASE'],
    env: ['AMAZON_NOVA_API_KEY'],
    params: MAX_TOKENS,
    exampleModels: ['nova-pro-v1', 'nova-lite-v1', 'nova-micro-v1'],
  },
  codestral: CODESTRAL,
  cognition: {
    title: 'Cognition',
    docs: 'https://docs.litellm.ai/docs/providers/openai_compatible',
    baseUrl: 'https://api.cognition.ai/v1',
    baseUrlEnv: ['COGNITION_API_BASE'],
    env: ['COGNITION_API_KEY'],
  },
  dashscope: DASHSCOPE,
  deepseek: DEEPSEEK,
  inception: {
    title: 'Inception',
    docs: 'https://docs.inceptionlabs.ai',
    baseUrl: 'https://api.inceptionlabs.ai/v1',
    baseUrlEnv: ['INCEPTION_API_BASE'],
    env: ['INCEPTION_API_KEY'],
    params: MAX_TOKENS,
    exampleModels: ['mercury'],
  },
  maritalk: {
    title: 'Maritaca AI',
    docs: 'https://docs.maritaca.ai',
    baseUrl: 'https://chat.maritaca.ai/api',
    env: ['MARITALK_API_KEY'],
    params: MAX_TOKENS,
    exampleModels: ['sabia-3', 'sabiazinho-3'],
  },
  meta: {
    title: 'Meta Model API',
    docs: 'https://docs.litellm.ai/docs/providers/openai_compatible',
    baseUrl: 'https://api.meta.ai/v1',
    baseUrlEnv: ['META_API_BASE'],
    env: ['META_API_KEY'],
  },
  meta_llama: {
    title: 'Meta Llama API',
    docs: 'https://llama.developer.meta.com/docs/features/compatibility',
    baseUrl: 'https://api.llama.com/compat/v1',
    baseUrlEnv: ['LLAMA_API_BASE'],
    env: ['LLAMA_API_KEY'],
    completions: true,
    exampleModels: ['Llama-4-Maverick-17B-128E-Instruct-FP8', 'Llama-3.3-70B-Instruct'],
  },
  minimax: MINIMAX,
  mistral: MISTRAL,
  modelscope: {
    title: 'ModelScope',
    docs: 'https://modelscope.cn/docs/model-service/API-Inference/intro',
    baseUrl: 'https://api-inference.modelscope.cn/v1',
    baseUrlEnv: ['MODELSCOPE_API_BASE'],
    env: ['MODELSCOPE_API_KEY'],
    params: MAX_TOKENS,
  },
  moonshot: MOONSHOT,
  morph: {
    title: 'Morph',
    docs: 'https://docs.morphllm.com',
    baseUrl: 'https://api.morphllm.com/v1',
    baseUrlEnv: ['MORPH_API_BASE'],
    env: ['MORPH_API_KEY'],
    params: MAX_TOKENS,
  },
  perplexity: PERPLEXITY,
  publicai: {
    title: 'Public AI',
    docs: 'https://platform.publicai.co/docs',
    baseUrl: 'https://api.publicai.co/v1',
    baseUrlEnv: ['PUBLICAI_API_BASE'],
    env: ['PUBLICAI_API_KEY'],
    completions: true,
    chat: { textContent: true },
    params: MAX_TOKENS,
  },
  qwen_ai_platform: {
    ...DASHSCOPE,
    title: 'Qwen AI Platform',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    baseUrlEnv: ['QWEN_AI_PLATFORM_API_BASE'],
    env: ['QWEN_AI_PLATFORM_API_KEY', 'DASHSCOPE_API_KEY'],
  },
  qwencloud: {
    ...DASHSCOPE,
    title: 'Qwen Cloud',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    baseUrlEnv: ['QWENCLOUD_API_BASE'],
    env: ['QWENCLOUD_API_KEY', 'DASHSCOPE_API_KEY'],
  },
  reka: {
    title: 'Reka',
    docs: 'https://docs.reka.ai',
    baseUrl: 'https://api.reka.ai/v1',
    baseUrlEnv: ['REKA_API_BASE'],
    env: ['REKA_API_KEY'],
  },
  sarvam: {
    title: 'Sarvam AI',
    docs: 'https://docs.sarvam.ai/api-reference-docs/chat/chat-completions',
    baseUrl: 'https://api.sarvam.ai/v1',
    env: ['SARVAM_API_KEY'],
    params: MAX_TOKENS,
    headers: { 'api-subscription-key': 'secret' },
    exampleModels: ['sarvam-m'],
  },
  v0: {
    title: 'v0',
    docs: 'https://v0.dev/docs/api',
    baseUrl: 'https://api.v0.dev/v1',
    baseUrlEnv: ['V0_API_BASE'],
    env: ['V0_API_KEY'],
    completions: true,
    // Text completions have `max_tokens` only.
    chat: { wantsMaxCompletionTokens: () => true },
  },
  volcengine: {
    title: 'Volcengine Ark',
    docs: 'https://www.volcengine.com/docs/82379/1494384',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    baseUrlEnv: ['VOLCENGINE_API_BASE'],
    env: ['VOLCENGINE_API_KEY', 'ARK_API_KEY'],
    embeddings: true,
    // https://www.volcengine.com/docs/82379/1449737
    chat: {
      developerRole: false,
      thinking: true,
      adjust: thinkingSwitch({ takesEffort: true, auto: 'auto' }),
    },
    params: { user: 'drop' },
    // https://www.volcengine.com/docs/82379/1299023
    errors: [
      { kind: 'insufficient_quota', code: 'AccountOverdueError' },
      { kind: 'insufficient_quota', code: 'SetLimitExceeded' },
      { kind: 'unavailable', code: 'ServerOverloaded' },
      { kind: 'content_policy', message: /sensitive (content|information)/i },
      { kind: 'not_found', code: 'InvalidEndpointOrModel.NotFound' },
      { kind: 'context_window', status: 400, message: /exceed max message tokens/ },
    ],
  },
  xai: XAI,
  xiaomi_mimo: {
    title: 'Xiaomi MiMo',
    docs: 'https://platform.xiaomimimo.com',
    baseUrl: 'https://api.xiaomimimo.com/v1',
    env: ['XIAOMI_MIMO_API_KEY'],
    params: MAX_TOKENS,
  },
  zai: ZAI,
} as const satisfies Readonly<Record<string, CompatibleRow>>
