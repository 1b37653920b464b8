import { expect, test } from 'vitest'
import { providers } from './registry.ts'

/** LiteLLM's provider names, as its provider list and documentation have them (January 2026). */
const CATALOGUE = [
  ...[
    'openai',
    'text-completion-openai',
    'custom_openai',
    'openai_like',
    'custom',
    'aiohttp_openai',
    'azure',
  ],
  ...['azure_text', 'azure_ai', 'anthropic', 'anthropic_text', 'bedrock', 'bedrock_mantle', 'sagemaker'],
  ...[
    'sagemaker_chat',
    'sagemaker_nova',
    'aws_polly',
    's3_vectors',
    'amazon_nova',
    'vertex_ai',
    'vertex_ai_beta',
  ],
  ...[
    'gemini',
    'cohere',
    'cohere_chat',
    'mistral',
    'codestral',
    'text-completion-codestral',
    'groq',
    'deepseek',
  ],
  ...[
    'xai',
    'together_ai',
    'fireworks_ai',
    'openrouter',
    'perplexity',
    'anyscale',
    'deepinfra',
    'nvidia_nim',
  ],
  ...[
    'nvidia_riva',
    'cerebras',
    'sambanova',
    'meta_llama',
    'meta',
    'nebius',
    'ai21',
    'ai21_chat',
    'volcengine',
  ],
  ...[
    'hosted_vllm',
    'vllm',
    'llamafile',
    'lm_studio',
    'ollama',
    'ollama_chat',
    'oobabooga',
    'petals',
    'huggingface',
  ],
  ...[
    'replicate',
    'predibase',
    'nlp_cloud',
    'aleph_alpha',
    'maritalk',
    'databricks',
    'watsonx',
    'watsonx_text',
  ],
  ...[
    'cloudflare',
    'snowflake',
    'oci',
    'sap',
    'gigachat',
    'github',
    'github_copilot',
    'chatgpt',
    'litellm_proxy',
  ],
  ...['friendliai', 'galadriel', 'empower', 'novita', 'gradient_ai', 'featherless_ai', 'nscale', 'dashscope'],
  ...[
    'qwencloud',
    'qwen_ai_platform',
    'moonshot',
    'v0',
    'morph',
    'lambda_ai',
    'hyperbolic',
    'vercel_ai_gateway',
  ],
  ...[
    'helicone',
    'aiml',
    'wandb',
    'cometapi',
    'compactifai',
    'clarifai',
    'baseten',
    'bytez',
    'ovhcloud',
    'heroku',
  ],
  ...[
    'lemonade',
    'docker_model_runner',
    'datarobot',
    'triton',
    'xinference',
    'infinity',
    'voyage',
    'jina_ai',
  ],
  ...[
    'minimax',
    'zai',
    'inception',
    'publicai',
    'veniceai',
    'xiaomi_mimo',
    'scaleway',
    'synthetic',
    'apertis',
  ],
  ...[
    'nano-gpt',
    'poe',
    'chutes',
    'abliteration',
    'llamagate',
    'gmi',
    'sarvam',
    'assemblyai',
    'charity_engine',
  ],
  ...[
    'aihubmix',
    'crusoe',
    'salad_cloud',
    'ragflow',
    'langgraph',
    'langflow',
    'pydantic_ai_agents',
    'a2a',
    'manus',
  ],
  ...['cursor', 'deepgram', 'elevenlabs', 'soniox', 'runwayml', 'recraft', 'fal_ai', 'stability'],
  ...[
    'black_forest_labs',
    'topaz',
    'modelscope',
    'reducto',
    'milvus',
    'pg_vector',
    'valkey',
    'e2b',
    'opensandbox',
  ],
  ...[
    'auto_router',
    'tavily',
    'exa_ai',
    'parallel_ai',
    'google_pse',
    'dataforseo',
    'firecrawl',
    'searxng',
    'linkup',
  ],
  ...['brave', 'serper', 'searchapi', 'duckduckgo', 'you_com', 'apiserpent', 'tinyfish', 'nimble', 'fastcrw'],
  ...[
    'cognition',
    'darkbloom',
    'monet',
    'neosantara',
    'parasail',
    'pinstripes',
    'scx-ai',
    'tencent',
    'tensormesh',
  ],
  ...['libertai', 'empiriolabs', 'gdc'],
]

/** Names that are no provider of a model endpoint here, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  s3_vectors: 'a vector store',
  milvus: 'a vector store',
  pg_vector: 'a vector store',
  valkey: 'a vector store',
  e2b: 'a sandbox for code',
  opensandbox: 'a sandbox for code',
  cursor: 'LiteLLM hands its agents’ own API through and translates nothing',
}

/** Search services that are not spoken yet. The list may only shrink. */
const NOT_YET = ['apiserpent', 'tinyfish', 'nimble', 'fastcrw']

test('LiteLLM’s names are listed once', () => {
  expect(new Set(CATALOGUE).size).toBe(CATALOGUE.length)
})

test('every name of LiteLLM’s catalogue is a provider, or is said why not', () => {
  const missing = CATALOGUE.filter(name => !providers.has(name) && !Object.hasOwn(ELSEWHERE, name))
  expect(missing).toEqual(NOT_YET)
})

test('what is said to be elsewhere is in the catalogue and no provider', () => {
  for (const name of Object.keys(ELSEWHERE)) {
    expect(CATALOGUE).toContain(name)
    expect(providers.has(name)).toBe(false)
  }
})
