import type { JsonObject } from '../types/json.ts'
import { familyNames } from './model-names.ts'

/**
 * What is charged by the piece and the bundled price list does not have: LiteLLM's keys, US dollars. Only vendors with
 * one public price for everybody; where it depends on the plan the cost is unknown until a price file says it.
 * Retold, not captured: compare with the pages before billing by them. They stand at platform.openai.com/docs/pricing,
 * ai.google.dev/gemini-api/docs/pricing, docs.voyageai.com/docs/pricing, deepgram.com/pricing, docs.perplexity.ai/getting-started/pricing,
 * docs.tavily.com/documentation/api-credits, developers.google.com/custom-search/v1/overview.
 */
export interface PiecePrice {
  readonly provider: string
  /** Names without vendor prefix; a size or quality stands before the name, as in LiteLLM's price map. */
  readonly models: readonly string[]
  readonly mode:
    | 'image_generation'
    | 'video_generation'
    | 'audio_speech'
    | 'audio_transcription'
    | 'rerank'
    | 'search'
    | 'moderation'
  readonly row: Readonly<Record<string, number>>
}

const image = (provider: string, each: number, ...models: string[]): PiecePrice => ({
  provider,
  models,
  mode: 'image_generation',
  row: { output_cost_per_image: each },
})
const video = (provider: string, second: number, ...models: string[]): PiecePrice => ({
  provider,
  models,
  mode: 'video_generation',
  row: { output_cost_per_video_per_second: second },
})
const speech = (provider: string, million: number, ...models: string[]): PiecePrice => ({
  provider,
  models,
  mode: 'audio_speech',
  row: { input_cost_per_character: Number(`${million}e-6`) },
})
const search = (provider: string, each: number): PiecePrice => ({
  provider,
  models: ['search'],
  mode: 'search',
  row: { input_cost_per_query: each },
})

const OPENAI: readonly PiecePrice[] = [
  image('openai', 0.04, 'dall-e-3', 'standard/1024-x-1024/dall-e-3'),
  image(
    'openai',
    0.08,
    'standard/1024-x-1792/dall-e-3',
    'standard/1792-x-1024/dall-e-3',
    'hd/1024-x-1024/dall-e-3',
  ),
  image('openai', 0.12, 'hd/1024-x-1792/dall-e-3', 'hd/1792-x-1024/dall-e-3'),
  image('openai', 0.02, 'dall-e-2', '1024-x-1024/dall-e-2'),
  image('openai', 0.018, '512-x-512/dall-e-2'),
  image('openai', 0.016, '256-x-256/dall-e-2'),
  video('openai', 0.1, 'sora-2'),
  video('openai', 0.3, 'sora-2-pro'),
  speech('openai', 15, 'tts-1', 'tts-1-1106'),
  speech('openai', 30, 'tts-1-hd', 'tts-1-hd-1106'),
  {
    provider: 'openai',
    models: ['omni-moderation', 'omni-moderation-latest', 'text-moderation-latest', 'text-moderation-stable'],
    mode: 'moderation',
    row: { input_cost_per_token: 0, output_cost_per_token: 0 },
  },
]

const GOOGLE: readonly PiecePrice[] = ['gemini', 'vertex_ai'].flatMap(provider => [
  image(provider, 0.02, 'imagen-4.0-fast-generate-001'),
  image(provider, 0.04, 'imagen-4.0-generate-001'),
  image(provider, 0.06, 'imagen-4.0-ultra-generate-001'),
  video(provider, 0.4, 'veo-3.0-generate-001', 'veo-3.1-generate-preview'),
  video(provider, 0.15, 'veo-3.0-fast-generate-001', 'veo-3.1-fast-generate-preview'),
])

const OTHERS: readonly PiecePrice[] = [
  {
    provider: 'voyage',
    models: ['rerank-2.5', 'rerank-2'],
    mode: 'rerank',
    row: { input_cost_per_token: 0.05e-6 },
  },
  {
    provider: 'voyage',
    models: ['rerank-2.5-lite', 'rerank-2-lite'],
    mode: 'rerank',
    row: { input_cost_per_token: 0.02e-6 },
  },
  {
    provider: 'deepgram',
    models: ['nova-3', 'nova-2'],
    mode: 'audio_transcription',
    // $0.0043 a minute.
    row: { input_cost_per_second: 0.000071667 },
  },
  search('perplexity', 0.005),
  search('tavily', 0.008),
  search('google_pse', 0.005),
]

const BY_NAME: ReadonlyMap<string, PiecePrice> = new Map(
  [...OPENAI, ...GOOGLE, ...OTHERS].flatMap(price =>
    price.models.map(name => [`${price.provider}/${name}`, price] as const),
  ),
)

/** The row of a model that is charged by the piece; a size or quality before the name has its own row, or none. */
export function pieceRow(provider: string, name: string): JsonObject | undefined {
  const names = name.includes('/') ? [name] : familyNames(name)
  const found = names.map(each => BY_NAME.get(`${provider}/${each}`)).find(price => price !== undefined)
  return found && { mode: found.mode, ...found.row }
}
