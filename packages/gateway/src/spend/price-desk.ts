import { badRequest, type Catalogue, type CostTerms, createError, type LoadReport } from 'sluice/internal'
import type { FactStore } from '../db/database.ts'

export interface PriceDeskOptions {
  readonly catalogue: Catalogue
  readonly facts: FactStore
  /** Reads the configured price file; undefined when there is none. */
  readonly load: () => Promise<LoadReport | undefined>
  /** Discounts and margins of the configuration. */
  readonly configured: () => CostTerms
  readonly now?: () => number
}

/** LiteLLM's shapes: provider → share; provider → share or its parts. */
export interface TermsJson {
  readonly discounts?: Readonly<Record<string, number>> | undefined
  readonly margins?:
    | Readonly<Record<string, { readonly margin: number; readonly marginNanoUsd: number }>>
    | undefined
}

export interface PriceStatus {
  /** The last file that was tried; undefined: none is configured. */
  readonly last: (LoadReport & { readonly at: number }) | undefined
  /** The last file that was taken. */
  readonly good: (LoadReport & { readonly at: number }) | undefined
  /** Hours between reloads; undefined: none is scheduled. */
  readonly everyHours: number | undefined
  readonly nextAt: number | undefined
}

const TERMS = 'cost_terms'
const SCHEDULE = 'price_reload_hours'
const ASKED = 'price_reload_asked_at'
const HOUR_MS = 3_600_000

/** What models cost here: the price file and its reloads, discounts and margins. All replicas agree within seconds. */
export class PriceDesk {
  private readonly options: PriceDeskOptions
  private readonly now: () => number
  private last: PriceStatus['last']
  private good: PriceStatus['good']
  private everyHours: number | undefined
  private stored: string | undefined
  private parsed: TermsJson = {}
  private used: readonly unknown[] = []
  private seenAsk: string | undefined

  constructor(options: PriceDeskOptions, first: LoadReport | undefined) {
    this.options = options
    this.now = options.now ?? Date.now
    if (first !== undefined) this.note(first)
    this.useTerms()
  }

  get status(): PriceStatus {
    const { last, good, everyHours } = this
    const nextAt = everyHours === undefined ? undefined : (last?.at ?? 0) + everyHours * HOUR_MS
    return { last, good, everyHours, nextAt }
  }

  /** Discounts and margins in force: those set while gateways ran, else the configuration's. */
  get terms(): CostTerms {
    const { discounts, margins } = this.parsed
    const configured = this.options.configured()
    return {
      discounts: discounts ? new Map(Object.entries(discounts)) : configured.discounts,
      margins: margins ? new Map(Object.entries(margins)) : configured.margins,
    }
  }

  /** Replaces discounts, margins or both, for all replicas. Rejects with `ServiceUnavailableError`. */
  async setTerms(change: TermsJson): Promise<void> {
    await this.readTerms()
    await this.options.facts.write(TERMS, JSON.stringify({ ...this.parsed, ...change }))
    await this.readTerms()
  }

  /** Reads the file now, here and soon at all replicas. Throws `BadRequestError` when it is refused. */
  async reload(): Promise<LoadReport & { ok: true }> {
    const report = await this.load()
    if (report === undefined)
      throw badRequest(
        'No price file is configured: prices are the bundled ones. Set LITELLM_MODEL_COST_MAP_URL or SLUICE_PRICE_FILE to a file or an address.',
      )
    if (!report.ok)
      throw createError({
        kind: 'bad_request',
        message: `The price file was refused and the last good prices stay: ${report.reason}.`,
      })
    this.seenAsk = String(this.now())
    await this.options.facts.write(ASKED, this.seenAsk)
    return report
  }

  /** `undefined` ends the schedule. */
  async schedule(everyHours: number | undefined): Promise<void> {
    await this.options.facts.write(SCHEDULE, everyHours === undefined ? '' : String(everyHours))
    this.everyHours = everyHours
  }

  /** Learns what other replicas were told, and reloads when it is time. Rejects with `ServiceUnavailableError`. */
  async sync(): Promise<void> {
    await this.readTerms()
    const { facts } = this.options
    this.everyHours = Number(await facts.read(SCHEDULE)) || undefined
    const asked = await facts.read(ASKED)
    const isNews = asked !== undefined && asked !== this.seenAsk && Number(asked) > (this.last?.at ?? 0)
    this.seenAsk = asked
    const { nextAt } = this.status
    if (isNews || (nextAt !== undefined && nextAt <= this.now())) await this.load()
  }

  private async load(): Promise<LoadReport | undefined> {
    const report = await this.options.load()
    if (report !== undefined) this.note(report)
    return report
  }

  private note(report: LoadReport): void {
    this.last = { ...report, at: this.now() }
    if (report.ok) this.good = this.last
  }

  private async readTerms(): Promise<void> {
    this.stored = await this.options.facts.read(TERMS)
    this.parsed = this.stored === undefined ? {} : (JSON.parse(this.stored) as TermsJson)
    this.useTerms()
  }

  /** Puts in force what the configuration says now; only what changed, so that lookups stay warm. */
  useTerms(): void {
    const now = [this.stored, this.options.configured()]
    if (now.every((each, i) => each === this.used[i]) && this.used.length > 0) return
    this.used = now
    this.options.catalogue.useTerms(this.terms)
  }
}
