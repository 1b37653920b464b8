import type { Cost } from '../types/call-record.ts'
import type { RateName, Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import { type Price, RATE_KEYS, type Rates, type ServiceTier } from './price.ts'
import { ratesFor } from './price-schedule.ts'
import { Money, type Rate } from './rate.ts'

export interface CostContext {
  /** Milliseconds since the epoch: some prices change on a date or by the hour. */
  readonly now: number
  /** The tier the provider says it served (`priority`, `flex`, `batch` …); unknown names mean standard. */
  readonly serviceTier?: string | null | undefined
  readonly provider?: string | undefined
  /** Things charged by another measure than tokens: images, seconds, characters, pages, queries, searches. */
  readonly units?: Units | undefined
}

const SERVICE_TIERS: Readonly<Record<string, ServiceTier>> = {
  priority: 'priority',
  fast: 'priority',
  ultrafast: 'ultrafast',
  flex: 'flex',
  batch: 'batch',
  batches: 'batch',
}

/**
 * What a call cost. The prompt's size picks one rung and the entire request is charged at it. `nanoUsd` is rounded
 * once, half up; it exceeds `inputNanoUsd + outputNanoUsd` by what searches, requests and sessions cost.
 * A count without a price makes the whole cost unknown, never cheaper.
 */
export function costOf(told: Usage, price: Price | undefined, context: CostContext): Cost {
  if (!price) return { state: 'unknown', reason: noPrice(context.provider) }
  const usage = billedUsage(told)
  const prompt = count(usage.prompt_tokens)
  const rates = ratesFor(price, serviceTierOf(context.serviceTier), prompt, context.now)
  const bill = new Bill(rates)
  const units = withoutDouble(context.units, rates, prompt)
  // Searches with a price of their own: what was read for them has none.
  if (rates.input || !(rates.query && units?.query)) chargeInput(bill, usage, prompt)
  chargeOutput(bill, usage)
  if (rates.request) bill.fees.add(1, rates.request)
  chargeTools(bill, usage.server_tool_use)
  if (units) chargeUnits(bill, units)
  return bill.cost()
}

/** The tokens that are charged, where a provider counts them apart from those the model read and wrote. */
function billedUsage(usage: Usage): Usage {
  const billed = usage.billed_units as { input_tokens?: unknown; output_tokens?: unknown } | undefined
  // Embeddings have no output, and their prompt counts what is billed.
  if (typeof billed?.output_tokens !== 'number') return usage
  return { ...usage, prompt_tokens: count(billed.input_tokens), completion_tokens: billed.output_tokens }
}

/**
 * The most a call may cost, in integer nano-dollars, for a reservation before it runs: every input token at the
 * dearer of the plain and the cache-writing rate, every output token used. Where something is priced by the piece,
 * tokens without a price add nothing. `undefined` when the price is unknown.
 */
export function estimateWorstCase(
  inputTokens: number,
  maxOutputTokens: number,
  price: Price | undefined,
  context: Pick<CostContext, 'now' | 'serviceTier' | 'units'>,
): number | undefined {
  if (!price) return undefined
  const input = Math.ceil(count(inputTokens))
  const output = Math.ceil(count(maxOutputTokens))
  const rates = ratesFor(price, serviceTierOf(context.serviceTier), input, context.now)
  const bill = new Bill(rates)
  const units = pricedUnits(context.units, rates)
  chargeUnits(bill, units)
  const byPiece = Object.keys(units).length > 0
  if (rates.input || !byPiece)
    bill.charge('input', input, 'input tokens', dearer(rates.input, rates.cacheWrite))
  const outputRate = rates.output ? dearer(rates.output, rates.reasoning) : rates.outputImage
  if (outputRate || !byPiece) bill.charge('output', output, 'output tokens', outputRate)
  if (rates.request) bill.fees.add(1, rates.request)
  const cost = bill.cost()
  return cost.state === 'known' ? cost.nanoUsd : undefined
}

/** Searches are priced by the search or by the tokens they read; some providers tell both. */
function withoutDouble(units: Units | undefined, rates: Rates, prompt: number): Units | undefined {
  if (units?.query === undefined || rates.query || !rates.input || prompt === 0) return units
  const { query: _, ...rest } = units
  return rest
}

function pricedUnits(units: Units | undefined, rates: Rates): Units {
  return Object.fromEntries(Object.entries(units ?? {}).filter(([name]) => rates[name as RateName]))
}

function noPrice(provider: string | undefined): string {
  return `no price is known for this model${provider ? ` at ${provider}` : ''}`
}

function serviceTierOf(name: string | null | undefined): ServiceTier {
  return (name && SERVICE_TIERS[name]) || 'standard'
}

function chargeInput(bill: Bill, usage: Usage, prompt: number): void {
  const { rates } = bill
  const details = usage.prompt_tokens_details
  const cached = Math.min(prompt, either(details?.cached_tokens, usage.cache_read_input_tokens))
  const written = Math.min(
    prompt - cached,
    either(details?.cache_creation_tokens, usage.cache_creation_input_tokens),
  )
  let left = prompt - cached - written
  if (details) {
    const media = [
      ['audio_tokens', rates.inputAudio],
      ['image_tokens', rates.inputImage],
      ['video_tokens', rates.inputVideo],
    ] as const
    for (const [field, rate] of media) {
      // Providers count cached media under both heads; what remains after the cache is the most that is left.
      const tokens = Math.min(left, count(details[field]) - cachedOf(details, field))
      if (tokens <= 0) continue
      left -= tokens
      bill.charge('input', tokens, 'input tokens', rate ?? rates.input)
    }
  }
  bill.charge('input', left, 'input tokens', rates.input)
  if (cached > 0) chargeCacheReads(bill, details, cached)
  if (written > 0) chargeCacheWrites(bill, details?.cache_creation_token_details, written)
}

/** The provider's own tools, charged by the call or by the session. */
const TOOLS = [
  ['web_search_requests', 'web searches', 'webSearch'],
  ['file_search_requests', 'file searches', 'fileSearch'],
  ['code_interpreter_sessions', 'code sessions', 'codeSession'],
] as const satisfies readonly (readonly [field: string, what: string, rate: RateName])[]

function chargeTools(bill: Bill, used: Usage['server_tool_use']): void {
  if (used === undefined) return
  for (const [field, what, rate] of TOOLS) bill.charge('fees', count(used[field]), what, bill.rates[rate])
}

type PromptDetails = Usage['prompt_tokens_details']

function chargeCacheReads(bill: Bill, details: PromptDetails, cached: number): void {
  const { rates } = bill
  const audio = Math.min(cached, cachedOf(details, 'audio_tokens'))
  const image = Math.min(cached - audio, cachedOf(details, 'image_tokens'))
  const text = rates.cacheRead ?? rates.input
  bill.charge('input', audio, 'input tokens', rates.cacheReadAudio ?? text)
  bill.charge('input', image, 'input tokens', rates.cacheReadImage ?? text)
  bill.charge('input', cached - audio - image, 'input tokens', text)
}

function chargeCacheWrites(bill: Bill, byTtl: Record<string, unknown> | undefined, written: number): void {
  const { rates } = bill
  const hour = Math.min(written, count(byTtl?.ephemeral_1h_input_tokens))
  const short = rates.cacheWrite ?? rates.input
  bill.charge('input', hour, 'input tokens', rates.cacheWrite1h ?? short)
  bill.charge('input', written - hour, 'input tokens', short)
}

function cachedOf(details: PromptDetails, field: string): number {
  const split = details?.cached_tokens_details
  return typeof split === 'object' && split !== null ? count((split as Record<string, unknown>)[field]) : 0
}

function chargeOutput(bill: Bill, usage: Usage): void {
  const { rates } = bill
  const details = usage.completion_tokens_details
  let left = count(usage.completion_tokens)
  if (details) {
    const kinds = [
      ['reasoning_tokens', rates.reasoning],
      ['audio_tokens', rates.outputAudio],
      ['image_tokens', rates.outputImage],
      ['video_tokens', rates.outputVideo],
    ] as const
    for (const [field, rate] of kinds) {
      const tokens = rate ? Math.min(left, count(details[field])) : 0
      if (tokens === 0) continue
      left -= tokens
      bill.charge('output', tokens, 'output tokens', rate)
    }
  }
  bill.charge('output', left, 'output tokens', rates.output)
  const citations = rates.citation ? count(usage.citation_tokens) : 0
  bill.charge('output', citations, 'citation tokens', rates.citation)
}

/** Measures of one and the same thing: a price list names one of them, or several that must not be added up. */
const SAME: readonly (readonly RateName[])[] = [
  ['outputPerImage', 'inputPerImage', 'outputPerPixel', 'inputPerPixel'],
  ['outputPerVideoSecond', 'outputPerSecond', 'inputPerVideoSecond', 'inputPerAudioSecond', 'inputPerSecond'],
  ['inputPerCharacter', 'outputPerCharacter'],
]

/** Which of the same measures is charged: the first with a price above zero, else the first with a price. */
function chosenOf(same: readonly RateName[], units: Units, rates: Rates): RateName | undefined {
  const stated = same.filter(name => units[name] !== undefined)
  const costly = (name: RateName) => (rates[name]?.nano ?? 0) + (rates[name]?.femto ?? 0) > 0
  return stated.find(costly) ?? stated.find(name => rates[name]) ?? stated[0]
}

function chargeUnits(bill: Bill, units: Units): void {
  const others = new Set(
    SAME.flatMap(same => {
      const chosen = chosenOf(same, units, bill.rates)
      return same.filter(name => name !== chosen)
    }),
  )
  for (const name in units) {
    const unit = name as RateName
    if (others.has(unit)) continue
    bill.charge(sideOf(unit), count(units[unit]), `\`${keyOf(unit)}\``, bill.rates[unit])
  }
}

type Side = 'input' | 'output' | 'fees'

function keyOf(name: RateName): string {
  for (const [key, value] of Object.entries(RATE_KEYS)) if (value === name) return key
  return name
}

function sideOf(name: RateName): Side {
  const key = keyOf(name)
  return key.startsWith('input_') ? 'input' : key.startsWith('output_') ? 'output' : 'fees'
}

/** The running sums of one call. */
class Bill {
  readonly rates: Rates
  readonly input = new Money()
  readonly output = new Money()
  readonly fees = new Money()
  private missing: string | undefined

  constructor(rates: Rates) {
    this.rates = rates
  }

  charge(side: Side, amount: number, what: string, rate: Rate | undefined): void {
    if (amount <= 0) return
    if (rate) this[side].add(amount, rate)
    else this.missing ??= what
  }

  cost(): Cost {
    if (this.missing !== undefined) {
      return { state: 'unknown', reason: `the model's price does not say what ${this.missing} cost` }
    }
    const inputNanoUsd = this.input.total()
    const both = new Money()
    both.plus(this.input)
    both.plus(this.output)
    // Output is what remains of the rounded sum, so that the parts add up to the whole.
    const outputNanoUsd = both.total() - inputNanoUsd
    both.plus(this.fees)
    return { state: 'known', nanoUsd: both.total(), inputNanoUsd, outputNanoUsd }
  }
}

function dearer(a: Rate | undefined, b: Rate | undefined): Rate | undefined {
  if (!a || !b) return a ?? b
  return a.nano > b.nano || (a.nano === b.nano && a.femto > b.femto) ? a : b
}

/** One count that OpenAI and Anthropic spell differently; a usage may carry both spellings. */
function either(a: unknown, b: unknown): number {
  return Math.max(count(a), count(b))
}

/** A provider's number taken as a count: anything but a positive finite number is 0. */
function count(value: unknown): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0
}
