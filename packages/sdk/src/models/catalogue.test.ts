import { describe, expect, it } from 'vitest'
import { createCatalogue, factsOfDeployment } from './catalogue.ts'
import { maxOutputTokens } from './model-facts.ts'
import { supports } from './supports.ts'

const catalogue = createCatalogue({ now: () => Date.UTC(2026, 10, 21) })

describe('finding models by the names people use', () => {
  it.each([
    ['openai', 'gpt-4o-2024-08-06', 2.5e-6],
    ['openai', 'openai/gpt-4o', 2.5e-6],
    ['openai', 'gpt-4o-2024-05-13', 5e-6],
    ['anthropic', 'claude-sonnet-4-5-20250929', 3e-6],
    ['gemini', 'gemini-2.5-flash', 3e-7],
    ['gemini', 'models/gemini-2.5-flash', 3e-7],
    ['vertex_ai', 'claude-3-5-sonnet@20240620', 3e-6],
    ['bedrock', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 3e-6],
    ['azure', 'gpt-4o', 2.5e-6],
    ['openrouter', 'openai/gpt-4o', 2.5e-6],
    ['groq', 'llama-3.3-70b-versatile', 5.9e-7],
    ['together_ai', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 8.8e-7],
  ])('%s %s costs %s dollars per input token', (provider, model, cost) => {
    const facts = catalogue.find(provider, model)
    expect(facts?.input_cost_per_token).toBe(cost)
    expect(facts?.price).toBeDefined()
    expect(facts?.litellm_provider).toBe(provider)
  })

  it('has no list price for a server of one’s own, whatever its model is called', () => {
    const facts = catalogue.find('hosted_vllm', 'gpt-4o')
    expect(facts?.price).toBeUndefined()
    expect(facts?.max_output_tokens).toBe(16_384)
  })

  it('knows nothing of a model nobody described', () => {
    expect(catalogue.find('openai', 'no-such-model')).toBeUndefined()
    expect(catalogue.find('nobody', 'gpt-none')).toBeUndefined()
    expect(catalogue.find('constructor', '__proto__')).toBeUndefined()
    expect(catalogue.find('openai', 'x'.repeat(10_000))).toBeUndefined()
  })

  it('lists names with and without the provider', () => {
    expect(catalogue.models('openai')).toContain('gpt-4o')
    expect(catalogue.models()).toContain('anthropic/claude-haiku-4-5')
    expect(catalogue.models('nobody')).toEqual([])
  })

  it('remembers answers', () => {
    expect(catalogue.find('openai', 'gpt-4o')).toBe(catalogue.find('openai', 'gpt-4o'))
  })
})

describe('limits and capabilities', () => {
  it.each([
    ['openai', 'gpt-4o-2024-08-06', 16_384],
    ['openai', 'gpt-5-2025-08-07', 128_000],
    ['anthropic', 'claude-sonnet-4-5-20250929', 64_000],
    ['anthropic', 'claude-3-5-haiku-latest', 8_192],
    ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 64_000],
    ['vertex_ai', 'claude-opus-4-1@20250805', 32_000],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 64_000],
    ['gemini', 'gemini-2.5-pro', 65_536],
  ])('%s %s writes at most %i tokens', (provider, model, most) => {
    expect(maxOutputTokens(catalogue.find(provider, model))).toBe(most)
  })

  it('knows dimensions of embeddings, which write nothing', () => {
    const facts = catalogue.find('openai', 'text-embedding-3-large')
    expect(facts).toMatchObject({ mode: 'embedding', output_vector_size: 3_072 })
    expect(maxOutputTokens(facts)).toBeUndefined()
  })

  it('does not mix up a model with its variants', () => {
    expect(supports(catalogue.find('openai', 'gpt-4o'), 'vision')).toBe(true)
    expect(supports(catalogue.find('openai', 'gpt-4o-audio-preview'), 'vision')).toBe(false)
    expect(supports(catalogue.find('openai', 'o3-mini'), 'vision')).toBe(false)
    expect(supports(catalogue.find('openai', 'o3-mini'), 'reasoning')).toBe(true)
  })

  it('claims nothing for an unknown model', () => {
    expect(supports(undefined, 'vision')).toBe(false)
  })
})

describe('overrides', () => {
  it('win over the list, and the rest of the list stays', () => {
    const facts = catalogue.find('openai', 'gpt-4o', { input_cost_per_token: 1e-6, max_output_tokens: 100 })
    expect(facts).toMatchObject({
      input_cost_per_token: 1e-6,
      output_cost_per_token: 1e-5,
      max_output_tokens: 100,
      max_input_tokens: 128_000,
    })
  })

  it('replace what the list derived from the old input price', () => {
    const facts = catalogue.find('gemini', 'gemini-2.5-pro', { input_cost_per_token: 1e-6 })
    expect(facts).not.toHaveProperty('cache_read_input_token_cost')
    expect(facts).not.toHaveProperty('input_cost_per_token_above_200k_tokens')
    expect(facts).toHaveProperty('output_cost_per_token_above_200k_tokens', 1.5e-5)
  })

  it('mean free only when they say zero', () => {
    const free = catalogue.find('hosted_vllm', 'my-model', {
      input_cost_per_token: 0,
      output_cost_per_token: '0',
    })
    expect(free?.price?.standard.base).toEqual({
      input: { nano: 0, femto: 0 },
      output: { nano: 0, femto: 0 },
    })
    expect(catalogue.find('hosted_vllm', 'my-model', { mode: 'chat' })?.price).toBeUndefined()
    expect(catalogue.find('hosted_vllm', 'my-model', { id: 'abc', db_model: true })).toBeUndefined()
  })

  it('that cannot be read leave the price unknown and say why', () => {
    const facts = catalogue.find('openai', 'gpt-4o', { input_cost_per_token: 'a lot' })
    expect(facts?.price).toBeUndefined()
    expect(facts?.price_problem).toContain('input_cost_per_token')
    const hours = { off_peak_pricing: { windows: [{ hours_utc: 'at night' }] } }
    expect(catalogue.find('openai', 'gpt-4o', hours)?.price_problem).toContain('HH:MM-HH:MM')
  })

  it('are told apart by identity, so two deployments never share a price', () => {
    const cheap = { input_cost_per_token: 1e-9 }
    const dear = { input_cost_per_token: 1e-3 }
    expect(catalogue.find('openai', 'gpt-4o', cheap)?.input_cost_per_token).toBe(1e-9)
    expect(catalogue.find('openai', 'gpt-4o', dear)?.input_cost_per_token).toBe(1e-3)
    expect(catalogue.find('openai', 'gpt-4o')?.input_cost_per_token).toBe(2.5e-6)
  })
})

describe('a deployment', () => {
  const azure = { id: '1', group: 'fast', provider: 'azure', model: 'my-deployment' }

  it('is priced by its base_model', () => {
    expect(factsOfDeployment(catalogue, azure)).toBeUndefined()
    for (const baseModel of ['gpt-4o', 'azure/gpt-4o', 'openai/gpt-4o']) {
      expect(factsOfDeployment(catalogue, { ...azure, baseModel })?.input_cost_per_token).toBe(2.5e-6)
    }
  })

  it('is priced by its model_info first', () => {
    const facts = factsOfDeployment(catalogue, {
      ...azure,
      baseModel: 'gpt-4o',
      modelInfo: { output_cost_per_token: 1e-6 },
    })
    expect(facts).toMatchObject({ input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-6 })
  })
})

describe('a price file', () => {
  const row = (input: number, more = {}) => ({
    input_cost_per_token: input,
    output_cost_per_token: input,
    ...more,
  })

  it('overrides the list under LiteLLM’s naming', () => {
    const own = createCatalogue()
    const report = own.loadPriceFile(
      {
        sample_spec: { max_tokens: 'a description' },
        'gpt-4o': row(7e-6, { litellm_provider: 'openai' }),
        'groq/new-model': row(1e-6),
        'gemini-x': row(3e-6, { litellm_provider: 'vertex_ai-language-models' }),
      },
      'prices.json',
    )
    expect(report).toEqual({ ok: true, source: 'prices.json', models: 3 })
    expect(own.find('openai', 'gpt-4o')?.input_cost_per_token).toBe(7e-6)
    expect(own.find('openai', 'gpt-4o')?.max_output_tokens).toBe(16_384)
    expect(own.find('azure', 'gpt-4o')?.input_cost_per_token).toBe(2.5e-6)
    expect(own.find('groq', 'new-model')?.input_cost_per_token).toBe(1e-6)
    expect(own.find('vertex_ai', 'gemini-x')?.input_cost_per_token).toBe(3e-6)
    expect(own.models('groq')).toContain('new-model')
  })

  it('may hold tiers by another measure than tokens, which are not charged by', () => {
    const own = createCatalogue()
    const search = {
      tiered_pricing: [{ input_cost_per_query: 0.005, max_results_range: [0, 25] }],
      mode: 'search',
    }
    expect(own.loadPriceFile({ 'exa/search': search }, 'f').ok).toBe(true)
    expect(own.find('exa', 'search')?.price).toBeUndefined()
  })

  it('replaces the list’s calendar together with its prices', () => {
    const own = createCatalogue()
    expect(own.find('deepseek', 'deepseek-v4-flash')?.price?.schedule).toBeDefined()
    own.loadPriceFile({ 'deepseek/deepseek-v4-flash': row(1e-6) }, 'f')
    expect(own.find('deepseek', 'deepseek-v4-flash')?.price?.schedule).toBeUndefined()
  })

  it('forgets remembered answers', () => {
    const own = createCatalogue()
    const overrides = { max_tokens: 5 }
    expect(own.find('openai', 'gpt-4o', overrides)?.input_cost_per_token).toBe(2.5e-6)
    own.loadPriceFile({ 'openai/gpt-4o': row(1e-6) }, 'f')
    expect(own.find('openai', 'gpt-4o', overrides)?.input_cost_per_token).toBe(1e-6)
  })

  it.each([
    [{ 'openai/a': row(-1) }, 'openai/a', 'input_cost_per_token'],
    [{ 'openai/a': row(1e-6), 'openai/b': { output_cost_per_token: 'cheap' } }, 'openai/b', 'zero or more'],
    [{ 'openai/a': 5 }, 'openai/a', 'object'],
    [{ 'openai/a': row(2.5) }, 'openai/a', 'per million'],
    [{ 'openai/a': row(1e-6, { max_input_tokens: 'many' }) }, 'openai/a', 'max_input_tokens'],
    [{ 'openai/a': row(1e-6, { supports_vision: 'yes' }) }, 'openai/a', 'true or false'],
    [
      { 'openai/a': { tiered_pricing: [{ input_cost_per_token: 1 }] } },
      'openai/a',
      'tiered_pricing[0].range',
    ],
  ])('is refused as a whole when an entry is malformed: %j', (json, entry, rule) => {
    const own = createCatalogue()
    own.loadPriceFile({ 'openai/good': row(1e-6) }, 'first')
    const report = own.loadPriceFile(json, 'second')
    expect(report).toMatchObject({ ok: false, source: 'second', entry })
    expect(!report.ok && report.reason).toContain(entry)
    expect(!report.ok && report.reason).toContain(rule)
    expect(own.find('openai', 'good')?.input_cost_per_token).toBe(1e-6)
    expect(own.find('openai', 'a')).toBeUndefined()
  })

  it.each([[null], [[]], ['text'], [{}]])('is refused when it is %j', json => {
    expect(createCatalogue().loadPriceFile(json, 'f').ok).toBe(false)
  })

  it('is refused when it has fewer than half the models of the one before', () => {
    const own = createCatalogue()
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`openai/m${i}`, row(1e-6)]))
    own.loadPriceFile(many, 'full')
    const cut = Object.fromEntries(Object.entries(many).slice(0, 4))
    expect(own.loadPriceFile(cut, 'cut')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('cut off'),
    })
    expect(own.find('openai', 'm8')).toBeDefined()
    expect(own.loadPriceFile(Object.fromEntries(Object.entries(many).slice(0, 5)), 'half').ok).toBe(true)
  })
})
