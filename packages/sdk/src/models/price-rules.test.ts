import { expect, test } from 'vitest'
import type { Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import { createCatalogue, factsOfDeployment } from './catalogue.ts'
import { costOf } from './cost.ts'
import type { RATE_KEYS } from './price.ts'
import { priceOf } from './price.ts'

/** One worked example per price key: a row with this price (and what it needs), a use, and the cost in nano-dollars. */
interface Example {
  readonly row: Readonly<Record<string, number>>
  readonly usage?: Partial<Usage>
  readonly units?: Units
  readonly nanoUsd: number
}

const TEXT = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 }
const spent = (prompt: number, completion: number, more: Partial<Usage> = {}): Partial<Usage> => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  ...more,
})

const EXAMPLES: { readonly [K in keyof typeof RATE_KEYS]: Example } = {
  // 10 × 1,000
  input_cost_per_token: { row: TEXT, usage: spent(10, 0), nanoUsd: 10_000 },
  // 10 × 4,000
  output_cost_per_token: { row: TEXT, usage: spent(0, 10), nanoUsd: 40_000 },
  // 6 × 4,000 + 4 × 9,000
  output_cost_per_reasoning_token: {
    row: { ...TEXT, output_cost_per_reasoning_token: 9e-6 },
    usage: spent(0, 10, { completion_tokens_details: { reasoning_tokens: 4 } }),
    nanoUsd: 60_000,
  },
  // 6 × 1,000 + 4 × 100
  cache_read_input_token_cost: {
    row: { ...TEXT, cache_read_input_token_cost: 1e-7 },
    usage: spent(10, 0, { prompt_tokens_details: { cached_tokens: 4 } }),
    nanoUsd: 6_400,
  },
  // DeepSeek's older name of the same: 6 × 1,000 + 4 × 100
  input_cost_per_token_cache_hit: {
    row: { ...TEXT, input_cost_per_token_cache_hit: 1e-7 },
    usage: spent(10, 0, { prompt_tokens_details: { cached_tokens: 4 } }),
    nanoUsd: 6_400,
  },
  // 6 × 1,000 + 4 × 1,250
  cache_creation_input_token_cost: {
    row: { ...TEXT, cache_creation_input_token_cost: 1.25e-6 },
    usage: spent(10, 0, { cache_creation_input_tokens: 4 }),
    nanoUsd: 11_000,
  },
  // 6 × 1,000 + 1 × 1,250 + 3 × 2,000
  cache_creation_input_token_cost_above_1hr: {
    row: {
      ...TEXT,
      cache_creation_input_token_cost: 1.25e-6,
      cache_creation_input_token_cost_above_1hr: 2e-6,
    },
    usage: spent(10, 0, {
      prompt_tokens_details: {
        cache_creation_tokens: 4,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
      },
    }),
    nanoUsd: 13_250,
  },
  // 8 × 1,000 + 2 × 40,000
  input_cost_per_audio_token: {
    row: { ...TEXT, input_cost_per_audio_token: 40e-6 },
    usage: spent(10, 0, { prompt_tokens_details: { audio_tokens: 2 } }),
    nanoUsd: 88_000,
  },
  // 8 × 4,000 + 2 × 80,000
  output_cost_per_audio_token: {
    row: { ...TEXT, output_cost_per_audio_token: 80e-6 },
    usage: spent(0, 10, { completion_tokens_details: { audio_tokens: 2 } }),
    nanoUsd: 192_000,
  },
  // text 5 × 1,000; cached 5, of which audio 2 × 300 and text 3 × 100
  cache_read_input_audio_token_cost: {
    row: { ...TEXT, cache_read_input_token_cost: 1e-7, cache_read_input_audio_token_cost: 3e-7 },
    usage: spent(10, 0, {
      prompt_tokens_details: { cached_tokens: 5, cached_tokens_details: { audio_tokens: 2 } },
    }),
    nanoUsd: 5_900,
  },
  // 8 × 1,000 + 2 × 10,000
  input_cost_per_image_token: {
    row: { ...TEXT, input_cost_per_image_token: 1e-5 },
    usage: spent(10, 0, { prompt_tokens_details: { image_tokens: 2 } }),
    nanoUsd: 28_000,
  },
  // 8 × 4,000 + 2 × 30,000
  output_cost_per_image_token: {
    row: { ...TEXT, output_cost_per_image_token: 3e-5 },
    usage: spent(0, 10, { completion_tokens_details: { image_tokens: 2 } }),
    nanoUsd: 92_000,
  },
  // text 5 × 1,000; cached 5, of which images 2 × 250 and text 3 × 100
  cache_read_input_image_token_cost: {
    row: { ...TEXT, cache_read_input_token_cost: 1e-7, cache_read_input_image_token_cost: 2.5e-7 },
    usage: spent(10, 0, {
      prompt_tokens_details: { cached_tokens: 5, cached_tokens_details: { image_tokens: 2 } },
    }),
    nanoUsd: 5_800,
  },
  // 8 × 1,000 + 2 × 3,000
  input_cost_per_video_token: {
    row: { ...TEXT, input_cost_per_video_token: 3e-6 },
    usage: spent(10, 0, { prompt_tokens_details: { video_tokens: 2 } }),
    nanoUsd: 14_000,
  },
  // 8 × 4,000 + 2 × 50,000
  output_cost_per_video_token: {
    row: { ...TEXT, output_cost_per_video_token: 5e-5 },
    usage: spent(0, 10, { completion_tokens_details: { video_tokens: 2 } }),
    nanoUsd: 132_000,
  },
  // 10 × 4,000 + 5 × 2,000
  citation_cost_per_token: {
    row: { ...TEXT, citation_cost_per_token: 2e-6 },
    usage: spent(0, 10, { citation_tokens: 5 }),
    nanoUsd: 50_000,
  },
  // 1 × 5,000,000 + 10 × 1,000
  input_cost_per_request: {
    row: { ...TEXT, input_cost_per_request: 0.005 },
    usage: spent(10, 0),
    nanoUsd: 5_010_000,
  },
  // 3 × 2,000,000
  input_cost_per_query: { row: { input_cost_per_query: 0.002 }, units: { query: 3 }, nanoUsd: 6_000_000 },
  // 2 × 10,000,000
  input_cost_per_image: {
    row: { input_cost_per_image: 0.01 },
    units: { inputPerImage: 2 },
    nanoUsd: 20_000_000,
  },
  // 2 × 40,000,000
  output_cost_per_image: {
    row: { output_cost_per_image: 0.04 },
    units: { outputPerImage: 2 },
    nanoUsd: 80_000_000,
  },
  // 1024 × 1024 × 20 n$ = 1,048,576 × 20
  input_cost_per_pixel: {
    row: { input_cost_per_pixel: 2e-8 },
    units: { inputPerPixel: 1024 * 1024 },
    nanoUsd: 20_971_520,
  },
  // 512 × 512 × 20 n$ = 262,144 × 20
  output_cost_per_pixel: {
    row: { output_cost_per_pixel: 2e-8 },
    units: { outputPerPixel: 512 * 512 },
    nanoUsd: 5_242_880,
  },
  // 200 × 15,000
  input_cost_per_character: {
    row: { input_cost_per_character: 15e-6 },
    units: { inputPerCharacter: 200 },
    nanoUsd: 3_000_000,
  },
  // 100 × 5,000
  output_cost_per_character: {
    row: { output_cost_per_character: 5e-6 },
    units: { outputPerCharacter: 100 },
    nanoUsd: 500_000,
  },
  // 90.5 × 100,000
  input_cost_per_second: {
    row: { input_cost_per_second: 0.0001 },
    units: { inputPerSecond: 90.5 },
    nanoUsd: 9_050_000,
  },
  // 8 × 300,000,000
  output_cost_per_second: {
    row: { output_cost_per_second: 0.3 },
    units: { outputPerSecond: 8 },
    nanoUsd: 2_400_000_000,
  },
  // 60 × 71,667
  input_cost_per_audio_per_second: {
    row: { input_cost_per_audio_per_second: 0.000071667 },
    units: { inputPerAudioSecond: 60 },
    nanoUsd: 4_300_020,
  },
  // 10 × 700,000
  input_cost_per_video_per_second: {
    row: { input_cost_per_video_per_second: 0.0007 },
    units: { inputPerVideoSecond: 10 },
    nanoUsd: 7_000_000,
  },
  // 8 × 100,000,000
  output_cost_per_video_per_second: {
    row: { output_cost_per_video_per_second: 0.1 },
    units: { outputPerVideoSecond: 8 },
    nanoUsd: 800_000_000,
  },
  // 12 × 1,000,000
  ocr_cost_per_page: { row: { ocr_cost_per_page: 0.001 }, units: { page: 12 }, nanoUsd: 12_000_000 },
  // 12 × 1,000,000 + 12 × 3,000,000
  annotation_cost_per_page: {
    row: { ocr_cost_per_page: 0.001, annotation_cost_per_page: 0.003 },
    units: { page: 12, annotatedPage: 12 },
    nanoUsd: 48_000_000,
  },
  // 2 × 30,000,000 + 10 × 1,000
  code_interpreter_cost_per_session: {
    row: { ...TEXT, code_interpreter_cost_per_session: 0.03 },
    usage: spent(10, 0, { server_tool_use: { code_interpreter_sessions: 2 } }),
    nanoUsd: 60_010_000,
  },
}

test.each(Object.entries(EXAMPLES))('%s', (_, { row, usage, units, nanoUsd }) => {
  const whole = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, ...usage } as Usage
  expect(costOf(whole, priceOf(row), { now: 0, ...(units && { units }) })).toMatchObject({
    state: 'known',
    nanoUsd,
  })
})

test('a file search is priced by the thousand', () => {
  const price = priceOf({ ...TEXT, file_search_cost_per_1k_calls: 2.5 })
  const usage = {
    prompt_tokens: 0,
    completion_tokens: 0,
    total_tokens: 0,
    server_tool_use: { file_search_requests: 3 },
  }
  expect(costOf(usage, price, { now: 0 })).toMatchObject({ nanoUsd: 7_500_000 })
})

test('a tool without a price makes the cost unknown, not cheaper', () => {
  const usage = {
    prompt_tokens: 1,
    completion_tokens: 0,
    total_tokens: 1,
    server_tool_use: { file_search_requests: 1 },
  }
  expect(costOf(usage, priceOf(TEXT), { now: 0 })).toMatchObject({ state: 'unknown' })
})

const catalogue = createCatalogue()
const NOTHING = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

test.each([
  // As the vendors list them; `piece-prices.ts` names the pages.
  ['openai', 'dall-e-3', ['hd/1024-x-1792/'], { outputPerImage: 1 }, 120_000_000],
  ['openai', 'dall-e-3', ['standard/1024-x-1024/'], { outputPerImage: 2 }, 80_000_000],
  ['openai', 'dall-e-2', ['standard/512-x-512/', '512-x-512/'], { outputPerImage: 1 }, 18_000_000],
  ['openai', 'tts-1-hd', [], { inputPerCharacter: 1_000 }, 30_000_000],
  ['openai', 'whisper-1', [], { inputPerSecond: 60 }, 6_000_000],
  ['openai', 'sora-2', [], { outputPerVideoSecond: 4, outputPerSecond: 4 }, 400_000_000],
  ['gemini', 'imagen-4.0-ultra-generate-001', [], { outputPerImage: 1 }, 60_000_000],
  ['vertex_ai', 'veo-3.0-fast-generate-001', [], { outputPerVideoSecond: 8 }, 1_200_000_000],
  ['deepgram', 'nova-3', [], { inputPerSecond: 60 }, 4_300_020],
  ['tavily', 'search', [], { query: 1 }, 8_000_000],
  ['cohere', 'rerank-v3.5', [], { query: 1 }, 2_000_000],
] as const)('%s/%s %j: %j', (provider, model, variants, units, nanoUsd) => {
  const facts = factsOfDeployment(catalogue, { id: 'd', group: 'g', provider, model }, variants)
  expect(costOf(NOTHING, facts?.price, { now: Date.UTC(2026, 10, 21), units })).toMatchObject({ nanoUsd })
})
