import type { FactsOf } from '../callbacks/charge.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import type { TermsOf } from '../models/terms/price-terms.ts'
import { estimateRequestTokens } from '../tokens/request.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { RouteVisit } from '../types/route-receipt.ts'
import type { Affinities } from './affinity/affinities.ts'
import { CallAffinity } from './affinity/call-affinity.ts'
import { callSpending } from './budgets/call-spending.ts'
import type { SpendingCall } from './budgets/within-budgets.ts'
import type { Candidate } from './candidate.ts'
import type { Choice, Choosing } from './choose.ts'
import type { FallbackTarget } from './fallbacks.ts'
import type { FilterAsk } from './filters/filter.ts'
import { countAsFailures } from './health/leave-out-ill.ts'
import type { HedgeState } from './hedging/hedge-state.ts'
import type { WaitLimits } from './load/waiting.ts'
import type { Pool } from './pools.ts'
import { backoffMs } from './retry/backoff.ts'
import { retriesFor, retryableAt } from './retry/retry-policy.ts'
import type { Route, RoutingHost } from './route.ts'
import { ROUTING_DEFAULTS, type RoutingSettings } from './settings.ts'
import type { RoutingStrategy } from './strategies/strategy.ts'
import type { StrategyBook } from './strategies/strategy-book.ts'
import type { Trip } from './trip.ts'

/** When all of a group rest for longer, the caller is told when to come back instead. */
const LONGEST_WAIT_MS = 8_000

/** What a visit is made with. */
export interface VisitHost {
  readonly settings: RoutingSettings
  readonly host: RoutingHost
  readonly strategies: StrategyBook
  readonly affinities: Affinities
}

/** One call at one group: who was tried there, and whether another attempt is worth it. */
export class Visit<E extends EndpointName> {
  readonly trip: Trip<E>
  readonly request: RequestOf<E>
  readonly receipt: RouteVisit
  readonly ask: FilterAsk
  /** Undefined where nothing keeps calls at a deployment. */
  readonly affinity: CallAffinity | undefined
  /** What is known of a deployment's model. */
  readonly factsOf: FactsOf = (deployment, variants) => this.with.host.facts?.(deployment, variants)
  readonly target: FallbackTarget
  /** What is paid and charged besides the price, as it was when the visit began. */
  readonly termsOf: TermsOf | undefined
  /** Who of the group can serve the call at all. */
  able: readonly Candidate[] = []
  private readonly pool: Pool
  private readonly with: VisitHost
  private readonly tried = new Set<Candidate>()
  private readonly isBudgeted: boolean
  private spending: ((now: number) => SpendingCall) | undefined
  private failures = 0
  private lastError: SluiceError | undefined
  private lastFailed: Candidate | undefined
  private readonly strategy: RoutingStrategy
  private hasWaited = false
  private isCharged = false

  constructor(target: FallbackTarget, pool: Pool, trip: Trip<E>, surroundings: VisitHost) {
    this.target = target
    this.pool = pool
    this.trip = trip
    this.with = surroundings
    this.termsOf = surroundings.host.terms?.()
    const { route } = trip
    this.strategy = surroundings.strategies.of(pool.candidates[0]?.deployment.group)
    this.request = target.params
      ? { ...route.request, ...target.params, model: route.request.model }
      : route.request
    this.receipt = {
      group: target.model,
      because: trip.because,
      strategy: this.strategy.name,
      candidates: pool.candidates.length,
      ruledOut: [],
      ruledOutCount: 0,
      attempts: [],
    }
    trip.receipt.visits.push(this.receipt)
    this.ask = askOf(this.request, target, trip, surroundings.host)
    this.affinity = this.affinityOf(surroundings.affinities)
    // Nobody charges for what is free, so no budget stands in its way.
    this.isBudgeted = pool.hasBudgets && !endpoints[route.endpoint].isFree
  }

  /** What is asked now: the request, or the rest of an answer that broke off. */
  get asked(): Pick<Route<E>, 'request' | 'original'> {
    const { request } = this
    const { said, route } = this.trip
    if (said === undefined)
      return { request, original: request === route.request ? route.original : undefined }
    const endpoint: Endpoint<E> = endpoints[route.endpoint]
    return { request: endpoint.continuation?.rest(request, said) ?? request, original: undefined }
  }

  /** What the choice for the next attempt depends on. */
  choosing(able: readonly Candidate[]): Choosing {
    const { settings, host } = this.with
    const { strategy } = this
    const { enablePreCallChecks = false, enforceModelRateLimits, defaultMaxParallelRequests } = settings
    const enforceRates = strategy.enforcesRates || enablePreCallChecks || enforceModelRateLimits === true
    const { endpoint, record } = this.trip.route
    return {
      group: this.target.model,
      endpoint,
      request: this.request,
      tags: record.tags,
      metadata: record.metadata,
      able,
      pool: this.pool,
      random: host.random,
      tried: this.tried,
      strategy,
      ready: { enforceRates, defaultMaxParallelRequests },
      preCallChecks: enablePreCallChecks,
      health: countAsFailures(settings) ? undefined : settings.healthRouting,
      stream: this.isStream,
      maySpare: able.length > 1 && this.failures < this.retries(undefined),
      isOnlyWay: () => this.pool.candidates.length === 1 && !this.trip.hasMore(this.target.model),
      now: host.now(),
      visit: this.receipt,
      affinity: this.affinity,
      spending: this.isBudgeted ? this.spendingAt(host.now()) : undefined,
      inputTokens: this.ask.inputTokens,
    }
  }

  get isStream(): boolean {
    return this.trip.route.record.stream || (this.request as JsonObject).stream === true
  }

  get hedges(): HedgeState | undefined {
    return this.pool.hedges
  }

  get candidates(): readonly Candidate[] {
    return this.pool.candidates
  }

  /** The most that one attempt may cost. */
  spendingAt(now: number): SpendingCall {
    const { endpoint } = this.trip.route
    const { defaultMaxOutputTokens = ROUTING_DEFAULTS.maxOutputTokens } = this.with.settings
    const { request, factsOf, termsOf } = this
    const { inputTokens } = this.ask
    this.spending ??= callSpending({
      endpoint,
      request,
      inputTokens,
      defaultMaxOutputTokens,
      factsOf,
      termsOf,
    })
    return this.spending(now)
  }

  /** Another attempt was made beside the one under way: a retry goes elsewhere. */
  alsoTried(candidate: Candidate): void {
    this.tried.add(candidate)
  }

  wasTried(candidate: Candidate): boolean {
    return this.tried.has(candidate)
  }

  /** True when no other attempt can mend it. */
  isHopeless(error: unknown): boolean {
    return !(error instanceof SluiceError) || retryableAt(error, this.group, this.with.settings) === 'nowhere'
  }

  /** An attempt begins: the first is a call of the group, the others are retries. */
  begins(): void {
    if (this.failures === 0) this.pool.budget.called()
    else if (this.isCharged) this.pool.budget.take()
  }

  /** An answer of this group broke off. */
  broke(candidate: Candidate): void {
    this.trip.broken = { visit: this, candidate }
  }

  /** An attempt failed. Throws its error when another one is not allowed, or cannot succeed. */
  failed(candidate: Candidate, error: SluiceError): void {
    const { settings } = this.with
    this.lastError = error
    this.lastFailed = candidate
    this.tried.add(candidate)
    this.hasWaited = false
    if (retryableAt(error, this.group, settings) === 'nowhere') throw error
    // A failure that took its deployment out of the choice cannot come again: its retry multiplies nothing.
    this.isCharged = candidate.state.circuit.isClosed && candidate.credential.circuit.isClosed
    if (++this.failures > this.retries(error) || (this.isCharged && !this.pool.budget.hasRoom)) throw error
  }

  /**
   * Milliseconds to wait before the choice is acted on, or made again. Throws the last attempt's error when that is not
   * worth it, or the choice's own when there was no attempt.
   */
  pauseBefore(choice: Exclude<Choice, { kind: 'full' }>): number {
    const { lastError: error } = this
    const { settings, host } = this.with
    if (error === undefined) {
      if (choice.kind === 'nobody') throw choice.error
      return 0
    }
    if (choice.kind === 'chosen' && (this.hasWaited || !this.tried.has(choice.candidate))) return 0
    if (retryableAt(error, this.group, settings) === 'elsewhere' || this.hasWaited) throw error
    const pause =
      choice.kind === 'nobody'
        ? this.restWorthWaiting(choice.waitMs)
        : backoffMs(this.failures, error, settings.retryAfterMs, host.random)
    if (pause === undefined) throw error
    if (host.now() + pause >= this.trip.deadline) throw error
    this.hasWaited = true
    return pause
  }

  /** How long and before whom the call waits for a place. */
  waitLimits(): WaitLimits {
    const { settings, host } = this.with
    const { route, deadline, signal } = this.trip
    return {
      priority: route.priority ?? settings.defaultPriority ?? 0,
      patienceMs: Math.max(0, deadline - host.now()),
      signal,
      mostWaiting: settings.maxWaiting ?? ROUTING_DEFAULTS.maxWaiting,
    }
  }

  /** All rest: a short rest is waited for where there is nowhere else to go. */
  private restWorthWaiting(restMs: number): number | undefined {
    if (restMs > LONGEST_WAIT_MS || this.trip.hasMore(this.target.model)) return undefined
    return Math.max(restMs, this.with.settings.retryAfterMs)
  }

  private affinityOf(affinities: Affinities): CallAffinity | undefined {
    if (!affinities.isOn) return undefined
    const kinds = affinities.of(this.group)
    if (kinds.length === 0) return undefined
    const { sessionId, caller } = this.trip.route.record
    const { request, group, ask } = this
    const { inputTokens, facts } = ask
    return new CallAffinity(
      kinds,
      { group, request, sessionId, keyHash: caller?.keyHash, inputTokens },
      facts,
    )
  }

  /** The group that is meant, whatever its alias. */
  private get group(): string {
    return this.pool.candidates[0]?.deployment.group ?? this.target.model
  }

  private retries(error: SluiceError | undefined): number {
    const { settings } = this.with
    const { retries: asked } = this.trip.route
    const own = (this.lastFailed ?? this.pool.candidates[0])?.deployment.retries
    if (error) return retriesFor({ error, group: this.group, asked, own }, settings)
    return asked ?? own ?? settings.retries
  }
}

function askOf<E extends EndpointName>(
  request: RequestOf<E>,
  target: FallbackTarget,
  trip: Trip<E>,
  host: RoutingHost,
): FilterAsk {
  const { route } = trip
  let own: number | undefined
  return {
    group: target.model,
    endpoint: route.endpoint,
    request,
    tags: route.record.tags,
    userAgent: route.record.userAgent,
    region: route.region,
    teamId: route.record.caller?.teamId,
    now: host.now(),
    inputTokens: () =>
      request === route.request
        ? trip.inputTokens()
        : (own ??= route.inputTokens ?? estimateRequestTokens(request)),
    facts: deployment => host.facts?.(deployment),
  }
}
