import type { JsonObject } from '../types/json.ts'
import type { Capability } from './supports.ts'

/**
 * What the bundled price list lacks: output limits, capabilities, embedding dimensions, service-tier prices.
 * Only what a vendor publishes; a model that is not here has unknown limits, not assumed ones.
 * Sources: platform.openai.com/docs/models and /docs/pricing, platform.claude.com/docs/models/overview,
 * ai.google.dev/gemini-api/docs/models, docs.cohere.com/docs/models (read November 2026).
 */
interface OverlayEntry {
  /** Names without vendor prefix and release date. */
  readonly models: readonly string[]
  readonly facts: Facts
  readonly supports?: readonly Capability[]
  /** Prices, which hold at this provider only. */
  readonly prices?: { readonly provider: string; readonly row: Readonly<Record<string, number>> }
}

interface Facts {
  readonly mode: 'chat' | 'embedding' | 'rerank' | 'image_generation' | 'audio_transcription'
  readonly max_input_tokens?: number
  readonly max_output_tokens?: number
  readonly output_vector_size?: number
}

const TOOLS = ['function_calling', 'tool_choice', 'system_messages', 'native_streaming'] as const
const STRUCTURED = ['response_schema', 'native_structured_output'] as const
const GPT: readonly Capability[] = [
  ...TOOLS,
  ...STRUCTURED,
  'parallel_function_calling',
  'vision',
  'pdf_input',
  'prompt_caching',
]
const O_SERIES: readonly Capability[] = [
  ...TOOLS,
  ...STRUCTURED,
  'vision',
  'pdf_input',
  'prompt_caching',
  'reasoning',
]
const GPT_5: readonly Capability[] = [...GPT, 'reasoning', 'web_search']
const CLAUDE_3: readonly Capability[] = [
  ...TOOLS,
  'response_schema',
  'parallel_function_calling',
  'vision',
  'prompt_caching',
  'assistant_prefill',
]
const CLAUDE_4: readonly Capability[] = [...CLAUDE_3, 'pdf_input', 'reasoning', 'computer_use', 'web_search']
// Claude 4.6 and later refuse a prefilled assistant turn.
const CLAUDE_5: readonly Capability[] = [
  ...CLAUDE_4.filter(name => name !== 'assistant_prefill'),
  'native_structured_output',
]
const GEMINI: readonly Capability[] = [
  ...TOOLS,
  ...STRUCTURED,
  'parallel_function_calling',
  'vision',
  'pdf_input',
  'audio_input',
  'video_input',
  'prompt_caching',
  'web_search',
  'url_context',
]

const chat = (max_input_tokens: number, max_output_tokens: number): Facts => ({
  mode: 'chat',
  max_input_tokens,
  max_output_tokens,
})
const embedding = (max_input_tokens: number, output_vector_size: number): Facts => ({
  mode: 'embedding',
  max_input_tokens,
  output_vector_size,
})

/** OpenAI's priority and flex rates, in dollars per million tokens: input, cached input, output. */
function openaiTiers(tiers: { priority?: Triple; flex?: Triple }): NonNullable<OverlayEntry['prices']> {
  const row: Record<string, number> = {}
  for (const [tier, triple] of Object.entries(tiers)) {
    const [input, cached, output] = triple
    row[`input_cost_per_token_${tier}`] = Number(`${input}e-6`)
    row[`cache_read_input_token_cost_${tier}`] = Number(`${cached}e-6`)
    row[`output_cost_per_token_${tier}`] = Number(`${output}e-6`)
  }
  return { provider: 'openai', row }
}
type Triple = readonly [input: number, cached: number, output: number]

const OPENAI: readonly OverlayEntry[] = [
  {
    models: ['gpt-4o'],
    facts: chat(128_000, 16_384),
    supports: GPT,
    prices: openaiTiers({ priority: [4.25, 2.125, 17] }),
  },
  {
    models: ['gpt-4o-2024-05-13'],
    facts: chat(128_000, 4_096),
    supports: GPT.filter(name => name !== 'response_schema' && name !== 'native_structured_output'),
  },
  {
    models: ['gpt-4o-mini'],
    facts: chat(128_000, 16_384),
    supports: GPT,
    prices: openaiTiers({ priority: [0.25, 0.125, 1] }),
  },
  {
    models: ['gpt-4.1'],
    facts: chat(1_047_576, 32_768),
    supports: [...GPT, 'web_search'],
    prices: openaiTiers({ priority: [3.5, 0.875, 14] }),
  },
  {
    models: ['gpt-4.1-mini'],
    facts: chat(1_047_576, 32_768),
    supports: [...GPT, 'web_search'],
    prices: openaiTiers({ priority: [0.7, 0.175, 2.8] }),
  },
  {
    models: ['gpt-4.1-nano'],
    facts: chat(1_047_576, 32_768),
    supports: GPT,
    prices: openaiTiers({ priority: [0.2, 0.05, 0.8] }),
  },
  {
    models: ['gpt-4o-audio-preview'],
    facts: chat(128_000, 16_384),
    supports: [...TOOLS, 'audio_input', 'audio_output'],
    prices: {
      provider: 'openai',
      row: { input_cost_per_audio_token: 40e-6, output_cost_per_audio_token: 80e-6 },
    },
  },
  {
    models: ['gpt-4o-mini-audio-preview'],
    facts: chat(128_000, 16_384),
    supports: [...TOOLS, 'audio_input', 'audio_output'],
    prices: {
      provider: 'openai',
      row: { input_cost_per_audio_token: 10e-6, output_cost_per_audio_token: 20e-6 },
    },
  },
  {
    models: ['gpt-audio', 'gpt-audio-mini'],
    facts: chat(128_000, 16_384),
    supports: [...TOOLS, 'audio_input', 'audio_output'],
  },
  {
    models: ['chatgpt-4o-latest', 'chatgpt-4o'],
    facts: chat(128_000, 16_384),
    supports: ['vision', 'native_streaming'],
  },
  {
    models: ['gpt-4-turbo'],
    facts: chat(128_000, 4_096),
    supports: [...TOOLS, 'vision', 'parallel_function_calling'],
  },
  { models: ['gpt-4'], facts: chat(8_192, 8_192), supports: TOOLS },
  {
    models: ['gpt-3.5-turbo'],
    facts: chat(16_385, 4_096),
    supports: [...TOOLS, 'parallel_function_calling'],
  },
  { models: ['o1'], facts: chat(200_000, 100_000), supports: O_SERIES },
  {
    models: ['o3'],
    facts: chat(200_000, 100_000),
    supports: [...O_SERIES, 'web_search'],
    prices: openaiTiers({ priority: [3.5, 0.875, 14], flex: [1, 0.25, 4] }),
  },
  {
    models: ['o4-mini'],
    facts: chat(200_000, 100_000),
    supports: [...O_SERIES, 'web_search'],
    prices: openaiTiers({ priority: [2, 0.5, 8], flex: [0.55, 0.138, 2.2] }),
  },
  {
    models: ['o3-mini'],
    facts: chat(200_000, 100_000),
    supports: [...TOOLS, ...STRUCTURED, 'prompt_caching', 'reasoning'],
  },
  {
    models: ['gpt-5'],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
    prices: openaiTiers({ priority: [2.5, 0.25, 20], flex: [0.625, 0.0625, 5] }),
  },
  {
    models: ['gpt-5-mini'],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
    prices: openaiTiers({ priority: [0.45, 0.045, 3.6], flex: [0.125, 0.0125, 1] }),
  },
  {
    models: ['gpt-5-nano'],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
    prices: openaiTiers({ flex: [0.025, 0.0025, 0.2] }),
  },
  {
    models: ['gpt-5.1'],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
    prices: openaiTiers({ priority: [2.5, 0.25, 20] }),
  },
  {
    models: ['gpt-5.2'],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
    prices: openaiTiers({ priority: [3.5, 0.35, 28] }),
  },
  {
    models: [
      'gpt-5-codex',
      'gpt-5.1-codex',
      'gpt-5.1-codex-max',
      'gpt-5.1-codex-mini',
      'gpt-5.2-codex',
      'gpt-5.3-codex',
      'gpt-5.4-mini',
      'gpt-5.4-nano',
    ],
    facts: chat(272_000, 128_000),
    supports: GPT_5,
  },
  {
    models: ['gpt-5-chat', 'gpt-5.1-chat', 'gpt-5.2-chat', 'gpt-5.3-chat'],
    facts: chat(128_000, 16_384),
    supports: GPT.filter(name => name !== 'prompt_caching'),
  },
  { models: ['gpt-5.4', 'gpt-5.5'], facts: chat(1_050_000, 128_000), supports: GPT_5 },
  {
    models: ['gpt-5.6-sol', 'gpt-5.6-luna', 'gpt-5.6-terra'],
    facts: chat(922_000, 128_000),
    supports: GPT_5,
  },
  {
    models: ['gpt-oss-120b', 'gpt-oss-20b'],
    facts: chat(131_072, 131_072),
    supports: [...TOOLS, ...STRUCTURED, 'reasoning'],
  },
  { models: ['text-embedding-3-small'], facts: embedding(8_191, 1_536) },
  { models: ['text-embedding-3-large'], facts: embedding(8_191, 3_072) },
  { models: ['text-embedding-ada-002'], facts: embedding(8_191, 1_536) },
]

const ANTHROPIC: readonly OverlayEntry[] = [
  {
    models: ['claude-3-haiku', 'claude-3-opus', 'claude-3-sonnet'],
    facts: chat(200_000, 4_096),
    supports: CLAUDE_3,
  },
  { models: ['claude-3-5-sonnet', 'claude-3-5-haiku'], facts: chat(200_000, 8_192), supports: CLAUDE_3 },
  { models: ['claude-3-7-sonnet'], facts: chat(200_000, 64_000), supports: CLAUDE_4 },
  {
    models: ['claude-opus-4', 'claude-opus-4-0', 'claude-opus-4-1'],
    facts: chat(200_000, 32_000),
    supports: CLAUDE_4,
  },
  {
    models: [
      'claude-sonnet-4',
      'claude-sonnet-4-0',
      'claude-sonnet-4-5',
      'claude-haiku-4-5',
      'claude-opus-4-5',
    ],
    facts: chat(200_000, 64_000),
    supports: CLAUDE_4,
  },
  { models: ['claude-sonnet-4-6'], facts: chat(1_000_000, 64_000), supports: CLAUDE_5 },
  {
    models: [
      'claude-opus-4-6',
      'claude-opus-4-7',
      'claude-opus-4-8',
      'claude-opus-5',
      'claude-opus-5-5',
      'claude-sonnet-5',
      'claude-fable-5',
      'claude-fable-5-1',
    ],
    facts: chat(1_000_000, 128_000),
    supports: CLAUDE_5,
  },
]

const GOOGLE: readonly OverlayEntry[] = [
  { models: ['gemini-2.0-flash', 'gemini-2.0-flash-001'], facts: chat(1_048_576, 8_192), supports: GEMINI },
  {
    models: ['gemini-2.0-flash-lite'],
    facts: chat(1_048_576, 8_192),
    supports: GEMINI.filter(name => name !== 'web_search' && name !== 'url_context'),
  },
  {
    models: ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite'],
    facts: chat(1_048_576, 65_536),
    supports: [...GEMINI, 'reasoning'],
  },
  {
    models: ['gemini-3-pro-preview', 'gemini-3-flash-preview', 'gemini-3.1-pro-preview'],
    facts: chat(1_048_576, 65_536),
    supports: [...GEMINI, 'reasoning'],
  },
  { models: ['gemini-embedding-001'], facts: embedding(2_048, 3_072) },
]

const OTHERS: readonly OverlayEntry[] = [
  {
    models: ['embed-english-v3.0', 'embed-multilingual-v3.0'],
    facts: embedding(512, 1_024),
    prices: { provider: 'cohere', row: { input_cost_per_token: 0.1e-6 } },
  },
  {
    models: ['embed-v4.0'],
    facts: embedding(128_000, 1_536),
    prices: { provider: 'cohere', row: { input_cost_per_token: 0.12e-6 } },
  },
  {
    models: ['rerank-v3.5', 'rerank-english-v3.0', 'rerank-multilingual-v3.0'],
    facts: { mode: 'rerank' },
    prices: { provider: 'cohere', row: { input_cost_per_query: 0.002 } },
  },
  { models: ['mistral-embed'], facts: embedding(8_192, 1_024) },
]

const BY_NAME = new Map<string, OverlayEntry>(
  [...OPENAI, ...ANTHROPIC, ...GOOGLE, ...OTHERS].flatMap(entry =>
    entry.models.map(name => [name, entry] as const),
  ),
)

/** The overlay's row for the first of these names it knows; prices only at the provider they belong to. */
export function overlayRow(provider: string, names: readonly string[]): JsonObject | undefined {
  for (const name of names) {
    const entry = BY_NAME.get(name)
    if (!entry) continue
    const row: JsonObject = { ...entry.facts }
    for (const capability of entry.supports ?? []) row[`supports_${capability}`] = true
    if (entry.prices?.provider === provider) Object.assign(row, entry.prices.row)
    return row
  }
  return undefined
}
