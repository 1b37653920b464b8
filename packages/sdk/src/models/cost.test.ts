import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'
import { createCatalogue } from './catalogue.ts'
import { type CostContext, costOf, estimateWorstCase } from './cost.ts'
import { priceOf } from './price.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const catalogue = createCatalogue({ now: () => NOW })

function usage(prompt: number, completion: number, more: Partial<Usage> = {}): Usage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, ...more }
}

function listed(provider: string, model: string, use: Usage, more: Partial<CostContext> = {}) {
  return costOf(use, catalogue.find(provider, model)?.price, { now: NOW, ...more })
}

function priced(row: JsonObject, use: Usage, more: Partial<CostContext> = {}) {
  return costOf(use, priceOf(row), { now: NOW, ...more })
}

const known = (nanoUsd: number, inputNanoUsd: number, outputNanoUsd: number) => ({
  state: 'known',
  nanoUsd,
  inputNanoUsd,
  outputNanoUsd,
})

describe('list prices, figured by hand from the vendors’ pages', () => {
  it('gpt-4o: $2.50 in, $1.25 cached, $10 out per million', () => {
    // (1000 − 400) × 2,500 n$ + 400 × 1,250 n$ = 2,000,000 n$; 500 × 10,000 n$ = 5,000,000 n$
    const use = usage(1000, 500, { prompt_tokens_details: { cached_tokens: 400 } })
    expect(listed('openai', 'gpt-4o-2024-08-06', use)).toEqual(known(7_000_000, 2_000_000, 5_000_000))
  })

  it('gpt-4o-mini: $0.15 in, $0.60 out', () => {
    // 7 × 150 = 1,050; 3 × 600 = 1,800
    expect(listed('openai', 'gpt-4o-mini', usage(7, 3))).toEqual(known(2_850, 1_050, 1_800))
  })

  it('o4-mini: reasoning tokens are output tokens and are charged once', () => {
    // 100 × 1,100 = 110,000; 900 × 4,400 = 3,960,000
    const use = usage(100, 900, { completion_tokens_details: { reasoning_tokens: 640 } })
    expect(listed('openai', 'o4-mini-2025-04-16', use)).toEqual(known(4_070_000, 110_000, 3_960_000))
  })

  it('gpt-5: priority $2.50/$20, flex $0.625/$5, batch half of $1.25/$10', () => {
    const use = usage(1000, 100)
    expect(listed('openai', 'gpt-5', use)).toEqual(known(2_250_000, 1_250_000, 1_000_000))
    expect(listed('openai', 'gpt-5', use, { serviceTier: 'priority' })).toEqual(
      known(4_500_000, 2_500_000, 2_000_000),
    )
    expect(listed('openai', 'gpt-5', use, { serviceTier: 'flex' })).toEqual(
      known(1_125_000, 625_000, 500_000),
    )
    expect(listed('openai', 'gpt-5', use, { serviceTier: 'batch' })).toEqual(
      known(1_125_000, 625_000, 500_000),
    )
    expect(listed('openai', 'gpt-5', use, { serviceTier: 'default' })).toEqual(
      known(2_250_000, 1_250_000, 1_000_000),
    )
  })

  it('claude-haiku-4-5: $1 in, $0.10 cache read, $1.25 and $2 cache write, $5 out', () => {
    // text 1000 − 300 − 500 = 200 × 1,000 = 200,000; read 300 × 100 = 30,000;
    // 5 m write 400 × 1,250 = 500,000; 1 h write 100 × 2,000 = 200,000; out 50 × 5,000 = 250,000
    const use = usage(1000, 50, {
      cache_read_input_tokens: 300,
      cache_creation_input_tokens: 500,
      prompt_tokens_details: {
        cached_tokens: 300,
        cache_creation_tokens: 500,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 100 },
      },
    })
    expect(listed('anthropic', 'claude-haiku-4-5-20251001', use)).toEqual(known(1_180_000, 930_000, 250_000))
  })

  it('claude-haiku-4-5: a web search is $10 per thousand, on top of tokens', () => {
    const use = usage(10, 0, { server_tool_use: { web_search_requests: 2 } })
    expect(listed('anthropic', 'claude-haiku-4-5', use)).toEqual(known(20_010_000, 10_000, 0))
  })

  it('gemini-2.5-pro: above 200k prompt tokens the entire request costs $2.50/$15 instead of $1.25/$10', () => {
    // 200,000 × 1,250 = 250,000,000; 100 × 10,000 = 1,000,000
    expect(listed('gemini', 'gemini-2.5-pro', usage(200_000, 100))).toEqual(
      known(251_000_000, 250_000_000, 1_000_000),
    )
    // 200,001 × 2,500 = 500,002,500; 100 × 15,000 = 1,500,000
    expect(listed('gemini', 'gemini-2.5-pro', usage(200_001, 100))).toEqual(
      known(501_502_500, 500_002_500, 1_500_000),
    )
  })

  it('gemini-2.5-flash: audio in costs $1, text in $0.30, out $2.50', () => {
    // text 700 × 300 = 210,000; audio 300 × 1,000 = 300,000; out 10 × 2,500 = 25,000
    const use = usage(1000, 10, { prompt_tokens_details: { audio_tokens: 300, text_tokens: 700 } })
    expect(listed('gemini', 'gemini-2.5-flash', use)).toEqual(known(535_000, 510_000, 25_000))
  })

  it('gpt-4o-audio-preview: audio in $40, audio out $80', () => {
    // 100 × 2,500 + 50 × 40,000 = 2,250,000; 20 × 10,000 + 30 × 80,000 = 2,600,000
    const use = usage(150, 50, {
      prompt_tokens_details: { audio_tokens: 50 },
      completion_tokens_details: { audio_tokens: 30 },
    })
    expect(listed('openai', 'gpt-4o-audio-preview', use)).toEqual(known(4_850_000, 2_250_000, 2_600_000))
  })

  it('text-embedding-3-small: $0.02 per million', () => {
    expect(listed('openai', 'text-embedding-3-small', usage(12_345, 0))).toEqual(known(246_900, 246_900, 0))
  })

  it('grok-4.3: the higher rung begins at exactly 200,000 tokens', () => {
    const at = (prompt: number) => listed('xai', 'grok-4.3', usage(prompt, 0))
    expect(at(199_999)).toEqual(known(249_998_750, 249_998_750, 0)) // × $1.25
    expect(at(200_000)).toEqual(known(500_000_000, 500_000_000, 0)) // × $2.50
  })

  it('gemini-3.6-flash: an announced price change takes effect on its day', () => {
    const before = listed('gemini', 'gemini-3.6-flash', usage(1000, 0), {
      now: Date.UTC(2026, 11, 31, 23, 59),
    })
    const after = listed('gemini', 'gemini-3.6-flash', usage(1000, 0), { now: Date.UTC(2027, 0, 1) })
    expect(before).toEqual(known(750_000, 750_000, 0))
    expect(after).toEqual(known(1_500_000, 1_500_000, 0))
  })

  it('deepseek-v4-flash: dearer between 01:00 and 04:00 UTC', () => {
    const at = (hour: number) =>
      listed('deepseek', 'deepseek-v4-flash', usage(1000, 0), { now: Date.UTC(2026, 10, 21, hour) })
    expect(at(0)).toEqual(known(220_000, 220_000, 0))
    expect(at(1)).toEqual(known(440_000, 440_000, 0))
    expect(at(4)).toEqual(known(220_000, 220_000, 0))
  })

  it('whisper-1: $0.006 a minute, charged by the second', () => {
    const cost = listed('openai', 'whisper-1', usage(0, 0), { units: { inputPerSecond: 90 } })
    expect(cost).toEqual(known(9_000_000, 9_000_000, 0))
  })

  it('searches cost by the search or by their tokens, whichever has a price', () => {
    const told = { units: { query: 2 } }
    expect(priced({ input_cost_per_query: 0.002 }, usage(100, 0), told)).toMatchObject({ nanoUsd: 4_000_000 })
    expect(priced({ input_cost_per_token: 1e-6 }, usage(100, 0), told)).toMatchObject({ nanoUsd: 100_000 })
    expect(priced({ input_cost_per_token: 1e-6 }, usage(0, 0), told)).toMatchObject({ state: 'unknown' })
  })

  it('rerank-v3.5: $2 per thousand searches', () => {
    const cost = listed('cohere', 'rerank-v3.5', usage(0, 0), { units: { query: 3 } })
    expect(cost).toEqual(known(6_000_000, 6_000_000, 0))
  })
})

describe('what is not known', () => {
  it('is unknown without a price, never free', () => {
    expect(costOf(usage(1, 1), undefined, { now: NOW, provider: 'hosted_vllm' })).toEqual({
      state: 'unknown',
      reason: 'no price is known for this model at hosted_vllm',
    })
  })

  it('is unknown when one of the counts has no price', () => {
    expect(priced({ input_cost_per_token: 1e-6 }, usage(10, 1))).toEqual({
      state: 'unknown',
      reason: "the model's price does not say what output tokens cost",
    })
    expect(priced({ input_cost_per_token: 1e-6 }, usage(10, 0))).toEqual(known(10_000, 10_000, 0))
    const image = priced({ input_cost_per_token: 1e-6 }, usage(1, 0), { units: { outputPerImage: 1 } })
    expect(image).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('output_cost_per_image'),
    })
  })

  it('is free when the price says zero', () => {
    expect(priced({ input_cost_per_token: 0, output_cost_per_token: 0 }, usage(10, 10))).toEqual(
      known(0, 0, 0),
    )
  })
})

describe('odd usage', () => {
  const row = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, cache_read_input_token_cost: 1e-7 }

  it('never charges more cached tokens than the prompt had', () => {
    expect(priced(row, usage(100, 0, { prompt_tokens_details: { cached_tokens: 900 } }))).toEqual(
      known(10_000, 10_000, 0),
    )
  })

  it('does not charge cached audio twice', () => {
    // 100 tokens, all audio, 60 of them cached: 40 × 5,000 + 60 × 100
    const use = usage(100, 0, { prompt_tokens_details: { cached_tokens: 60, audio_tokens: 100 } })
    expect(priced({ ...row, input_cost_per_audio_token: 5e-6 }, use)).toEqual(known(206_000, 206_000, 0))
  })

  it('takes negative, missing and non-numeric counts as none', () => {
    const use = { prompt_tokens: -5, completion_tokens: Number.NaN, total_tokens: 0 }
    expect(priced(row, use)).toEqual(known(0, 0, 0))
  })

  it('keeps the sum of the rounded parts equal to the rounded sum', () => {
    const third = { input_cost_per_token: 0.4e-9, output_cost_per_token: 0.4e-9 }
    expect(priced(third, usage(1, 1))).toEqual(known(1, 0, 1))
  })
})

describe('LiteLLM’s price keys', () => {
  const row = {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    input_cost_per_token_above_200k_tokens: 4e-6,
    input_cost_per_token_priority: 3e-6,
    input_cost_per_token_batches: 0.25e-6,
    output_cost_per_token_above_200k_tokens_priority: 9e-6,
    output_cost_per_image: 0.04,
  }

  it('prefers the service’s own rate, then the rung’s, then the base rate', () => {
    expect(priced(row, usage(10, 10), { serviceTier: 'priority' })).toEqual(known(50_000, 30_000, 20_000))
    // The priority rung names output only; input falls to the standard rung.
    const long = priced(row, usage(200_001, 10), { serviceTier: 'fast' })
    expect(long).toEqual(known(800_094_000, 800_004_000, 90_000))
  })

  it('charges a published batch rate where there is one and half where there is none', () => {
    expect(priced(row, usage(10, 10), { serviceTier: 'batch' })).toEqual(known(12_500, 2_500, 10_000))
  })

  it('tells ultrafast from priority', () => {
    const fast = { ...row, input_cost_per_token_ultrafast: 6e-6 }
    expect(priced(fast, usage(10, 0), { serviceTier: 'ultrafast' })).toEqual(known(60_000, 60_000, 0))
    expect(priced(fast, usage(10, 0), { serviceTier: 'priority' })).toEqual(known(30_000, 30_000, 0))
  })

  it('charges off-peak prices in their hours and on their days', () => {
    const own = createCatalogue()
    own.loadPriceFile(
      {
        'x/m': {
          input_cost_per_token: 4e-6,
          output_cost_per_token: 8e-6,
          off_peak_pricing: {
            input_cost_per_token: 1e-6,
            windows: [
              { hours_utc: ['22:00-02:00', '12:00-13:00'], weekdays: [1, 2, 3, 4, 5] },
              { hours_utc: '00:00-00:00', weekdays: [6, 7] },
            ],
          },
        },
      },
      'f',
    )
    const price = own.find('x', 'm')?.price
    const at = (day: number, hour: number) =>
      costOf(usage(1, 1), price, { now: Date.UTC(2026, 10, day, hour) })
    expect(at(20, 11)).toEqual(known(12_000, 4_000, 8_000)) // Friday
    expect(at(20, 12)).toEqual(known(9_000, 1_000, 8_000))
    expect(at(20, 23)).toEqual(known(9_000, 1_000, 8_000))
    expect(at(20, 2)).toEqual(known(12_000, 4_000, 8_000))
    expect(at(21, 11)).toEqual(known(9_000, 1_000, 8_000)) // Saturday
    expect(at(23, 11)).toEqual(known(12_000, 4_000, 8_000)) // Monday
  })

  it('charges images by the piece', () => {
    expect(priced(row, usage(10, 0), { units: { outputPerImage: 2 } })).toEqual(
      known(80_010_000, 10_000, 80_000_000),
    )
  })

  it('reads tiered_pricing as rungs for the entire request', () => {
    const tiered = {
      tiered_pricing: [
        { range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
        { range: [32_000, 128_000], input_cost_per_token: 3e-6, output_cost_per_token: 4e-6 },
      ],
    }
    expect(priced(tiered, usage(32_000, 1))).toEqual(known(32_002_000, 32_000_000, 2_000))
    expect(priced(tiered, usage(32_001, 1))).toEqual(known(96_007_000, 96_003_000, 4_000))
  })
})

describe('estimateWorstCase', () => {
  const at = { now: NOW }

  it('is never below what the same call can cost', () => {
    const price = catalogue.find('anthropic', 'claude-haiku-4-5')?.price
    // 1000 × 1,250 (every token written to the cache) + 100 × 5,000
    expect(estimateWorstCase(1000, 100, price, at)).toBe(1_750_000)
    const real = costOf(usage(1000, 100), price, at)
    expect(real.state === 'known' && real.nanoUsd).toBeLessThanOrEqual(1_750_000)
  })

  it('uses the rung the prompt reaches', () => {
    const price = catalogue.find('gemini', 'gemini-2.5-pro')?.price
    expect(estimateWorstCase(300_000, 0, price, at)).toBe(750_000_000)
  })

  it('counts what is priced by the piece, and then no tokens that have no price', () => {
    const perImage = priceOf({ output_cost_per_image: 0.04 })
    expect(estimateWorstCase(10, 0, perImage, { ...at, units: { outputPerImage: 3 } })).toBe(120_000_000)
    const both = priceOf({ input_cost_per_token: 1e-6, input_cost_per_query: 0.002 })
    expect(estimateWorstCase(10, 0, both, { ...at, units: { query: 1, page: 4 } })).toBe(2_010_000)
  })

  it('does not guess when the price is unknown', () => {
    expect(estimateWorstCase(10, 10, undefined, at)).toBeUndefined()
    expect(estimateWorstCase(10, 10, priceOf({ input_cost_per_token: 1e-6 }), at)).toBeUndefined()
  })
})
