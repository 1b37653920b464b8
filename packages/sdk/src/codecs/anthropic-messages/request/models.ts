/**
 * What a Claude generation accepts. One table, because the vendor changed the rules of thinking, sampling and
 * structured output from version to version.
 * Source: https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting
 */
export interface ModelTraits {
  /** `manual`: a token budget; `adaptive`: the model decides, `effort` steers; `either`: both are accepted. */
  readonly thinking: 'none' | 'manual' | 'either' | 'adaptive'
  /** How `reasoning_effort: "none"` is said; `never`: this model always thinks. */
  readonly thinkingOff: 'omit' | 'disabled' | 'between_tools' | 'never'
  /** Accepted values of `output_config.effort`, weakest first; empty when the model has no such switch. */
  readonly efforts: readonly string[]
  /** `native`: `output_config.format`; `tool`: a forced tool stands in for it. */
  readonly jsonSchema: 'native' | 'tool'
  /** `one`: temperature or top_p, not both; `none`: sampling parameters are refused. */
  readonly sampling: 'all' | 'one' | 'none'
  /** `role: "system"` is accepted between turns. */
  readonly midSystem: boolean
  /** `tool_choice` may force a call. */
  readonly forcedTools: boolean
}

const OLD: ModelTraits = {
  thinking: 'none',
  thinkingOff: 'omit',
  efforts: [],
  jsonSchema: 'tool',
  sampling: 'all',
  midSystem: false,
  forcedTools: true,
}
const MANUAL: ModelTraits = { ...OLD, thinking: 'manual' }
const V45: ModelTraits = { ...MANUAL, jsonSchema: 'native', sampling: 'one' }
const V46: ModelTraits = { ...V45, thinking: 'either', efforts: ['low', 'medium', 'high', 'max'] }
const V47: ModelTraits = {
  ...V46,
  thinking: 'adaptive',
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: 'none',
}
const V48: ModelTraits = { ...V47, midSystem: true }
const V5: ModelTraits = { ...V48, thinkingOff: 'disabled' }
const ALWAYS: ModelTraits = { ...V48, thinkingOff: 'never' }

interface Row {
  readonly family?: string
  /** Lowest version, major × 100 + minor. */
  readonly from: number
  readonly traits: ModelTraits
}

/** First match wins. */
const ROWS: readonly Row[] = [
  { family: 'fable', from: 501, traits: { ...ALWAYS, forcedTools: false } },
  { family: 'mythos', from: 501, traits: { ...ALWAYS, forcedTools: false } },
  { family: 'fable', from: 0, traits: ALWAYS },
  { family: 'mythos', from: 500, traits: ALWAYS },
  { family: 'mythos', from: 0, traits: { ...V46, thinkingOff: 'never' } },
  { family: 'opus', from: 505, traits: { ...ALWAYS, forcedTools: false } },
  { family: 'sonnet', from: 505, traits: { ...V5, thinkingOff: 'between_tools', forcedTools: false } },
  { family: 'haiku', from: 505, traits: ALWAYS },
  { from: 500, traits: V5 },
  { from: 408, traits: V48 },
  { from: 407, traits: V47 },
  { from: 406, traits: V46 },
  { family: 'opus', from: 405, traits: { ...V45, efforts: ['low', 'medium', 'high'] } },
  { from: 405, traits: V45 },
  { family: 'opus', from: 401, traits: { ...MANUAL, sampling: 'one' } },
  { from: 307, traits: MANUAL },
  { from: 0, traits: OLD },
]

/** A model we cannot place: other vendors' models behind this format, which follow the long-lived rules. */
const UNKNOWN: ModelTraits = MANUAL

const FAMILIES = new Set(['opus', 'sonnet', 'haiku', 'fable', 'mythos', 'instant'])

/** Traits of a model id in any vendor's spelling (`claude-3-5-sonnet-…`, `anthropic.claude-opus-4-6-v1:0` …). */
export function traitsOf(model: string): ModelTraits {
  const { family, version } = parseModel(model)
  // A family without a version is a preview, or an alias that may mean any generation.
  const row = ROWS.find(candidate =>
    version === undefined
      ? candidate.family !== undefined && candidate.family === family && candidate.from === 0
      : (candidate.family === undefined || candidate.family === family) && version >= candidate.from,
  )
  return row?.traits ?? UNKNOWN
}

function parseModel(model: string): { family?: string; version?: number } {
  const words = model.toLowerCase().split(/[^a-z0-9]+/)
  const start = words.indexOf('claude')
  if (start < 0) return {}
  let family: string | undefined
  const numbers: number[] = []
  for (const word of words.slice(start + 1)) {
    if (FAMILIES.has(word)) family = word
    // Longer numbers are dates.
    else if (numbers.length < 2 && /^\d{1,2}$/.test(word)) numbers.push(Number(word))
    else break
  }
  return {
    ...(family !== undefined && { family }),
    ...(numbers[0] !== undefined && { version: numbers[0] * 100 + (numbers[1] ?? 0) }),
  }
}
