import { type CompatibleRow, compatible } from '../compatible.ts'
import type { Provider } from '../provider.ts'
import { openai } from '../vendors/openai/openai.ts'
import { AGGREGATORS } from './aggregators.ts'
import { CLOUDS_A_TO_G } from './clouds-a-to-g.ts'
import { CLOUDS_H_TO_Z } from './clouds-h-to-z.ts'
import { MAKERS } from './makers.ts'
import { OWN_SERVERS } from './own-servers.ts'

/** Every provider that needs no more than facts. Keys are LiteLLM’s names: `groq/llama-3.3-70b-versatile`. */
const ROWS = {
  ...MAKERS,
  ...CLOUDS_A_TO_G,
  ...CLOUDS_H_TO_Z,
  ...AGGREGATORS,
  ...OWN_SERVERS,
}

/** LiteLLM's name for OpenAI by way of another HTTP client. */
const aiohttpOpenai: Provider = { ...openai, name: 'aiohttp_openai' }

export const openaiCompatible: readonly Provider[] = [
  ...Object.entries(ROWS).map(([name, row]: [string, CompatibleRow]) => compatible(name, row)),
  aiohttpOpenai,
]
