import { describe, expect, it } from 'vitest'
import { countTokens } from './count.ts'
import { countingFor } from './tokenizer.ts'

describe('OpenAI’s models', () => {
  it('counts text exactly', async () => {
    // tiktoken: o200k_base "hello world" = 2; cl100k_base "tiktoken is great!" = 6
    expect(await countTokens({ model: 'gpt-4o', text: 'hello world' })).toEqual({
      tokens: 2,
      method: 'tokenizer',
    })
    expect(await countTokens({ model: 'gpt-4', text: 'tiktoken is great!' })).toEqual({
      tokens: 6,
      method: 'tokenizer',
    })
  })

  it('counts messages as OpenAI’s cookbook does', async () => {
    // The cookbook's example conversation: the API reports 129 for gpt-3.5-turbo and gpt-4, 124 for gpt-4o.
    const messages = [
      {
        role: 'system' as const,
        content:
          'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
      },
      {
        role: 'system' as const,
        name: 'example_user',
        content: 'New synergies will help drive top-line growth.',
      },
      {
        role: 'system' as const,
        name: 'example_assistant',
        content: 'Things working well together will increase revenue.',
      },
      {
        role: 'system' as const,
        name: 'example_user',
        content:
          "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
      },
      {
        role: 'system' as const,
        name: 'example_assistant',
        content: "Let's talk later when we're less busy about how to do better.",
      },
      {
        role: 'user' as const,
        content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
      },
    ]
    expect(await countTokens({ model: 'gpt-4-0613', messages })).toEqual({ tokens: 129, method: 'tokenizer' })
    expect(await countTokens({ model: 'openai/gpt-4o-2024-08-06', messages })).toEqual({
      tokens: 124,
      method: 'tokenizer',
    })
  })

  it('counts tools as OpenAI’s cookbook does, and says it is an estimate', async () => {
    // The cookbook's weather tool with this conversation: the API reports 101 for gpt-4o.
    const count = await countTokens({
      model: 'gpt-4o',
      messages: [
        {
          role: 'system',
          content: 'You are a helpful assistant that can answer to questions about the weather.',
        },
        { role: 'user', content: "What's the weather like in San Francisco?" },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_current_weather',
            description: 'Get the current weather in a given location',
            parameters: {
              type: 'object',
              properties: {
                location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
                unit: {
                  type: 'string',
                  description: 'The unit of temperature to return',
                  enum: ['celsius', 'fahrenheit'],
                },
              },
              required: ['location'],
            },
          },
        },
      ],
    })
    expect(count).toEqual({ tokens: 101, method: 'estimate' })
  })

  it('counts what looks like a control token as the text it is', async () => {
    const { tokens } = await countTokens({ model: 'gpt-4o', text: '<|endoftext|>' })
    expect(tokens).toBeGreaterThan(3)
  })

  it('counts long prose in chunks without counting a word twice', async () => {
    const sentence = 'The quick brown fox jumps over the lazy dog. '
    const one = await countTokens({ model: 'gpt-4o', text: sentence })
    const many = await countTokens({ model: 'gpt-4o', text: sentence.repeat(1000) })
    expect(many.tokens).toBeLessThanOrEqual(one.tokens * 1000 + 1)
    expect(many.tokens).toBeGreaterThan((one.tokens - 1) * 1000)
  })

  it.each([
    ['spaces', ' '],
    ['one letter', 'a'],
    ['one mark', '-'],
    ['emoji', '😀'],
  ])('is not kept busy by a hostile text of nothing but %s', async (_, unit) => {
    await countTokens({ model: 'gpt-4o', text: 'load the tokenizer first' })
    const started = performance.now()
    const { tokens } = await countTokens({ model: 'gpt-4o', text: unit.repeat(100_000 / unit.length) })
    // In one go 100,000 spaces take some ten seconds; in chunks about ten milliseconds.
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(tokens).toBeGreaterThan(0)
  })
})

describe('other models', () => {
  it('estimates, and says so', async () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100)
    const claude = await countTokens({ model: 'anthropic/claude-sonnet-4-5', text })
    const gemini = await countTokens({ model: 'gemini-2.5-flash', text })
    expect(claude.method).toBe('estimate')
    expect(claude.tokens).toBeGreaterThan(gemini.tokens)
    expect(gemini.tokens).toBeGreaterThan(900)
  })

  it('counts an image by its detail, never by its bytes', async () => {
    const image = (detail?: string) =>
      countTokens({
        model: 'gpt-4o',
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'image_url',
                image_url: {
                  url: `data:image/png;base64,${'A'.repeat(50_000)}`,
                  ...(detail ? { detail } : {}),
                },
              },
            ],
          },
        ],
      })
    const framing = 3 + 1 + 3
    expect(await image()).toEqual({ tokens: 250 + framing, method: 'estimate' })
    expect(await image('low')).toEqual({ tokens: 85 + framing, method: 'estimate' })
    expect(await image('high')).toEqual({ tokens: 765 + framing, method: 'estimate' })
  })
})

it.each([
  ['gpt-4o', 'o200k_base'],
  ['azure/gpt-4.1-mini', 'o200k_base'],
  ['o4-mini-2025-04-16', 'o200k_base'],
  ['openai/gpt-oss-120b', 'o200k_base'],
  ['gpt-4-turbo', 'cl100k_base'],
  ['text-embedding-3-small', 'cl100k_base'],
  ['gpt-3.5-turbo', 'cl100k_base'],
])('%s is counted with %s', (model, encoding) => {
  expect(countingFor(model)).toEqual({ encoding })
})

it.each(['claude-opus-5', 'gemini-2.5-pro', 'olmo-7b', 'mistral-large'])(
  '%s has no public tokenizer here',
  model => {
    expect(countingFor(model)).toHaveProperty('factor')
  },
)
