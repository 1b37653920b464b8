import { mistralOcr } from '../codecs/mistral-ocr/codec.ts'
import { perplexitySearch } from '../codecs/perplexity-search/codec.ts'
import { blackForestLabs } from './images/black-forest-labs.ts'
import { DASHSCOPE_IMAGES } from './images/dashscope-images.ts'
import { falAi } from './images/fal-ai.ts'
import { modelscopeImages } from './images/modelscope-images.ts'
import { OPENAI_SHAPED_IMAGES } from './images/openai-shaped.ts'
import { OPENROUTER_IMAGES } from './images/openrouter-images.ts'
import { recraft } from './images/recraft.ts'
import { runwayml } from './images/runwayml.ts'
import { stability } from './images/stability.ts'
import { topaz } from './images/topaz.ts'
import { withAzureOcr } from './ocr/azure-ocr.ts'
import { reducto } from './ocr/reducto.ts'
import type { Provider } from './provider.ts'
import { searches } from './search/searches.ts'
import { AZURE_AI_MEDIA, AZURE_MEDIA, OPENAI_MEDIA } from './vendors/openai/openai-media.ts'

/** Images, videos, documents and searches of providers that are known for their chat. */
const MEDIA: Readonly<Record<string, Provider['endpoints']>> = {
  ...OPENAI_SHAPED_IMAGES,
  azure: AZURE_MEDIA,
  azure_ai: AZURE_AI_MEDIA,
  dashscope: DASHSCOPE_IMAGES,
  mock: {
    ...OPENAI_MEDIA,
    ocr: [{ codec: mistralOcr, path: '/ocr' }],
    search: [{ codec: perplexitySearch, path: '/search' }],
  },
  mistral: { ocr: [{ codec: mistralOcr, path: '/ocr' }] },
  modelscope: { image_generation: [{ codec: modelscopeImages, path: '/images/generations' }] },
  openai: OPENAI_MEDIA,
  openrouter: OPENROUTER_IMAGES,
  perplexity: { search: [{ codec: perplexitySearch, path: '/search' }] },
  qwen_ai_platform: DASHSCOPE_IMAGES,
  qwencloud: DASHSCOPE_IMAGES,
}

/** Providers of nothing else. */
export const mediaProviders: readonly Provider[] = [
  blackForestLabs,
  falAi,
  recraft,
  reducto,
  runwayml,
  stability,
  topaz,
  ...searches,
]

/** A provider with all that it can do. */
export function withMedia(provider: Provider): Provider {
  const whole = provider.name === 'azure_ai' ? withAzureOcr(provider) : provider
  const media = MEDIA[provider.name]
  return media ? { ...whole, endpoints: { ...media, ...whole.endpoints } } : whole
}
