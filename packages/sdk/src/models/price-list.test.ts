import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { createCatalogue } from './catalogue.ts'
import { costOf } from './cost.ts'
import { PRICE_SOURCES } from './price-sources.ts'

const catalogue = createCatalogue()

/** Times on both sides of dated and hourly prices. */
const TIMES = [Date.UTC(2026, 5, 1, 2), Date.UTC(2026, 10, 21, 12), Date.UTC(2027, 1, 1, 2)]

describe('every listed model of', () => {
  it.each(['openai', 'anthropic', 'gemini', 'xai', 'deepseek', 'groq', 'mistral', 'perplexity'])(
    '%s costs what the list’s own calculator says, to the nano-dollar',
    provider => {
      let compared = 0
      for (const model of catalogue.models(provider)) {
        const price = catalogue.find(provider, model)?.price
        for (const [input, output, cached] of [
          [1_000, 77, 100],
          [150_001, 33, 0],
          [900_000, 1_234, 555],
        ] as const) {
          for (const now of TIMES) {
            const cost = costOf(
              {
                prompt_tokens: input,
                completion_tokens: output,
                total_tokens: input + output,
                prompt_tokens_details: { cached_tokens: cached },
              },
              price,
              { now },
            )
            if (cost.state !== 'known') continue
            const usage = { input_tokens: input, output_tokens: output, cache_read_tokens: cached }
            const options = { providerId: PRICE_SOURCES[provider] ?? '', timestamp: new Date(now) }
            const theirs = calcPrice(usage, model, options)
            expect(Math.abs(cost.nanoUsd - (theirs?.total_price ?? 0) * 1e9), model).toBeLessThanOrEqual(1)
            compared++
          }
        }
      }
      expect(compared).toBeGreaterThan(10)
    },
  )

  it('an unmapped provider is none', () => {
    expect(catalogue.models('hosted_vllm')).toEqual([])
  })
})
