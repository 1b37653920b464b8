import type { Deployment } from '../types/deployment.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import { factsOf, isNumeric, type ModelFacts, mergeRows } from './model-facts.ts'
import { familyNames, plainName, undated } from './model-names.ts'
import { overlayRow } from './overlay.ts'
import { pieceRow } from './piece-prices.ts'
import { type Price, priceOf, type ScheduledPrice } from './price.ts'
import { type LoadReport, type PriceRows, problemOfRow, readPriceFile } from './price-file.ts'
import { type ListedModel, listedModel, listedModels } from './price-list.ts'
import { offPeakWindows } from './price-schedule.ts'
import { PRICE_SOURCES } from './price-sources.ts'
import { rateOf } from './rate.ts'
import { type CostTerms, type TermsOf, termsLookup } from './terms/price-terms.ts'

/** Prices, limits and capabilities of models. Look-ups are synchronous and remembered; the first loads the list. */
export interface Catalogue {
  /**
   * Facts of a model at a provider; `overrides` are LiteLLM's `model_info` keys, which win. `undefined` when nobody
   * knows the model. Pass the same `overrides` object each time: answers are remembered by its identity.
   */
  find(provider: string, model: string, overrides?: Readonly<JsonObject>): ModelFacts | undefined
  /** Puts a LiteLLM-shaped price file over the bundled list, replacing the file before; all or nothing. */
  loadPriceFile(json: unknown, source: string): LoadReport
  /** What is paid and charged besides the prices; undefined where nothing is. */
  readonly termsOf: TermsOf | undefined
  /** Replaces discounts and margins. */
  useTerms(terms: CostTerms): void
  /** Model names with facts, at one provider or, as `provider/model`, at all. */
  models(provider?: string): readonly string[]
}

export interface CatalogueOptions {
  /** Milliseconds since the epoch; decides which of several dated prices the facts show. */
  readonly now?: () => number
}

/** Answers remembered; model names come from callers, so there must be an end to it. */
const MAX_REMEMBERED = 5_000
const MAX_NAME = 512

/** Opens a catalogue on the bundled price list. */
export function createCatalogue(options: CatalogueOptions = {}): Catalogue {
  const now = options.now ?? Date.now
  let file: PriceRows | undefined
  let termsOf: TermsOf | undefined
  let plain = new Map<string, ModelFacts | undefined>()
  let overridden = new WeakMap<object, Map<string, ModelFacts | undefined>>()

  const answers = (overrides: Readonly<JsonObject> | undefined) => {
    if (!overrides) return plain
    let own = overridden.get(overrides)
    if (!own) overridden.set(overrides, (own = new Map<string, ModelFacts | undefined>()))
    return own
  }

  return {
    find(provider, model, overrides) {
      const remembered = answers(overrides)
      const key = `${provider}/${model}`
      const known = remembered.get(key)
      if (known !== undefined || remembered.has(key)) return known
      const facts = model.length > MAX_NAME ? undefined : lookUp(file, provider, model, overrides, now())
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      remembered.set(key, facts)
      return facts
    },
    loadPriceFile(json, source) {
      const { report, rows } = readPriceFile(json, source, file)
      if (rows) {
        file = rows
        plain = new Map()
        overridden = new WeakMap()
      }
      return report
    },
    get termsOf() {
      return termsOf
    },
    useTerms(terms) {
      termsOf = termsLookup(terms)
    },
    models(provider) {
      if (provider !== undefined) return namesAt(file, provider)
      return allNames(file)
    },
  }
}

/**
 * Facts of a deployment: its `base_model` names the price-list entry (with a provider prefix, that provider's), its
 * `model_info` overrides it. `variants` are prefixes of the name (`hd/1024-x-1024/`) that may have a price of their own.
 */
export function factsOfDeployment(
  catalogue: Catalogue,
  deployment: Deployment,
  variants: readonly string[] = [],
): ModelFacts | undefined {
  const { provider, model, baseModel, modelInfo } = deployment
  const prefix = baseModel?.slice(0, Math.max(0, baseModel.indexOf('/'))) ?? ''
  const named = Object.hasOwn(PRICE_SOURCES, prefix) ? prefix : provider
  const name = baseModel === undefined ? model : baseModel.slice(named === prefix ? prefix.length + 1 : 0)
  for (const variant of variants) {
    const facts = catalogue.find(named, variant + name, modelInfo)
    if (facts?.price && facts.mode === 'image_generation') return facts
  }
  return catalogue.find(named, baseModel ?? model, modelInfo)
}

function lookUp(
  file: PriceRows | undefined,
  provider: string,
  model: string,
  overrides: Readonly<JsonObject> | undefined,
  now: number,
): ModelFacts | undefined {
  const name = plainName(provider, model)
  const listed = listedModel(provider, name)
  const release = undated(name)
  // The list matches dated names itself, at their own price; the file's dateless entry comes after it.
  const inFile = fileRow(file, provider, name) ?? (listed ? undefined : fileRow(file, provider, release))
  const older = listed ?? (release === name ? undefined : listedModel(provider, release))
  const overlay = (inFile ? undefined : pieceRow(provider, name)) ?? overlayRow(provider, familyNames(name))
  const own = overrides && Object.keys(overrides).some(isDescriptive) ? overrides : undefined
  if (!older && !inFile && !overlay && !own) return undefined
  const problem = own && problemOfRow(own)
  const layers = [overlay, inFile, problem ? undefined : own]
  const layer = (row: Readonly<JsonObject>): JsonObject =>
    layers.reduce<JsonObject>(
      (under, over) => (over ? mergeRows(under, over) : under),
      mergeRows({ litellm_provider: provider }, row),
    )
  // A price of one's own has no part in the list's calendar.
  const rows = layers.some(row => row && isWholePrice(row)) ? older?.rows.slice(0, 1) : older?.rows
  const facts = assemble(rows ?? [], name, layer, now)
  // Neither the list's price nor the unreadable one is what the operator meant.
  return problem ? Object.freeze({ ...facts, price: undefined, price_problem: problem }) : facts
}

function isWholePrice(row: Readonly<JsonObject>): boolean {
  return rateOf(row.input_cost_per_token) !== undefined && rateOf(row.output_cost_per_token) !== undefined
}

/** Builds the facts from every dated row of the list, showing the one in force. */
function assemble(
  listed: ListedModel['rows'],
  key: string,
  layer: (row: Readonly<JsonObject>) => JsonObject,
  now: number,
): ModelFacts {
  const [first, ...later] = (listed.length > 0 ? listed : [{ when: {}, row: {} }]).map(({ when, row }) => ({
    when,
    row: layer(row),
  }))
  if (!first) return factsOf(key, layer({}))
  const base = priceOf(first.row)
  const schedule: ScheduledPrice[] = [
    ...offPeak(first.row),
    ...later.flatMap(({ when, row }) => {
      const price = priceOf(row)
      return price ? [{ ...when, price }] : []
    }),
  ]
  const price: Price | undefined = base && (schedule.length > 0 ? { ...base, schedule } : base)
  const shown = later.findLast(({ when }) => !when.daily && (when.from ?? 0) <= now)?.row ?? first.row
  return factsOf(key, shown, price)
}

/** A row's cheaper hours: its own prices with LiteLLM's `off_peak_pricing` over them. */
function offPeak(row: Readonly<JsonObject>): ScheduledPrice[] {
  const { off_peak_pricing: cheaper, ...normal } = row
  if (!isJsonObject(cheaper)) return []
  const price = priceOf({ ...normal, ...cheaper })
  return price ? offPeakWindows(cheaper).map(window => ({ ...window, price })) : []
}

/** A file's row under LiteLLM's naming: `provider/model`, or bare where the row says whose model it is. */
function fileRow(file: PriceRows | undefined, provider: string, name: string): JsonObject | undefined {
  if (!file) return undefined
  const exact = file.get(`${provider}/${name}`)
  if (exact) return exact
  const bare = file.get(name)
  if (!bare) return undefined
  const owner = bare.litellm_provider
  return typeof owner !== 'string' || isSameVendor(owner, provider) ? bare : undefined
}

/** LiteLLM splits a vendor by API: `vertex_ai-language-models`, `bedrock_converse`, `text-completion-openai`. */
function isSameVendor(owner: string, provider: string): boolean {
  return (
    owner === provider ||
    owner.startsWith(`${provider}-`) ||
    owner.startsWith(`${provider}_`) ||
    owner.endsWith(`-${provider}`)
  )
}

/** True for keys that say something of the model; a deployment's id or team says nothing. */
function isDescriptive(key: string): boolean {
  return isNumeric(key) || key === 'mode' || /^(tiered_pricing|off_peak_pricing|supports_)/.test(key)
}

function allNames(file: PriceRows | undefined): readonly string[] {
  const listed = Object.keys(PRICE_SOURCES).flatMap(each =>
    namesAt(file, each).map(name => `${each}/${name}`),
  )
  const others = [...(file?.keys() ?? [])].filter(key => key.includes('/'))
  return [...new Set([...listed, ...others])]
}

function namesAt(file: PriceRows | undefined, provider: string): readonly string[] {
  const names = new Set(listedModels(provider))
  for (const [key, row] of file ?? []) {
    const owner = row.litellm_provider
    if (key.startsWith(`${provider}/`)) names.add(key.slice(provider.length + 1))
    else if (typeof owner === 'string' && isSameVendor(owner, provider) && !key.includes('/')) names.add(key)
  }
  return [...names]
}
