import { createError, SluiceError } from '../errors.ts'
import type { Reply } from '../steps/reply.ts'
import { wait } from '../transport/wait.ts'
import type { CallRecord } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { Affinities } from './affinity/affinities.ts'
import { Attempts } from './attempt/attempts.ts'
import { Budgets } from './budgets/budgets.ts'
import type { Candidate, LoadState } from './candidate.ts'
import { type Choosing, choose, stillReady } from './choose.ts'
import { ContinuedStream } from './continuation/continued-stream.ts'
import { type ContinuableRoute, mayContinue, mostContinuations } from './continuation/may-continue.ts'
import { type DeploymentReport, reportOf } from './deployment-report.ts'
import { cheapestAlternative } from './explain/cheapest.ts'
import { anyFallbacksOf, type FallbackTarget, withOptions } from './fallbacks.ts'
import { capable } from './filters/capable.ts'
import { Groups } from './groups.ts'
import { HealthBook } from './health/health-book.ts'
import { Hedging } from './hedging/hedging.ts'
import { Ticket } from './load/ticket.ts'
import { releasePlace, waitForPlace } from './load/waiting.ts'
import { Mirroring } from './mirror/mirroring.ts'
import { pinned, pinOf } from './pin.ts'
import { Pools } from './pools.ts'
import type { Reach, Route, RoutingHost } from './route.ts'
import { ROUTING_DEFAULTS, type RoutingSettings } from './settings.ts'
import type { RoutingStrategy } from './strategies/strategy.ts'
import { StrategyBook } from './strategies/strategy-book.ts'
import { tokenPriceOf } from './strategies/token-price.ts'
import { Trip } from './trip.ts'
import { Visit, type VisitHost } from './visit.ts'
import { type AdaptiveFacts, adaptGroups } from './weights/adaptive/adapt-groups.ts'
import type { AdaptiveWeight } from './weights/adaptive/adaptive-weights.ts'
import { checkId, type LiveWeights, type WeightChanges } from './weights/live-weights.ts'
import { weighed } from './weights/weighed.ts'
import { reportWeights, type WeightReport } from './weights/weight-report.ts'

export type { Reach, Route, RoutingHost } from './route.ts'
export type { RoutingSettings } from './settings.ts'

/** Picks a deployment, calls it, observes, cools down, retries and falls back, until the first byte of an answer. */
export class RouteTable {
  readonly groups: Groups
  /** Asks deployments whether they are well. */
  readonly health: HealthBook
  /** What may be spent at providers and deployments. */
  readonly budgets: Budgets
  /** Sends copies of calls to silent groups. */
  readonly mirrors: Mirroring
  private readonly pools: Pools
  private readonly hedging: Hedging
  private readonly with: VisitHost

  /** `previous`: the table whose place this one takes; what it knows of its deployments is kept. */
  constructor(
    deployments: readonly Deployment[],
    settings: RoutingSettings,
    host: RoutingHost,
    previous?: RouteTable,
  ) {
    this.budgets = new Budgets(deployments, settings, host, previous?.budgets)
    const affinities = new Affinities(settings, host.news, host.now, previous?.with.affinities)
    this.with = { settings, host, strategies: new StrategyBook(settings, host), affinities }
    this.groups = new Groups(weighed(deployments, settings.weights), settings.groupAliases, host.providers)
    const { retryBudget = ROUTING_DEFAULTS.retryBudget, hedging } = settings
    // Whoever lets nothing rest has nothing to tell, and nothing to hear.
    const sharing = settings.disableCooldowns ? undefined : host
    this.pools = new Pools({ retryBudget, hedging, budgets: this.budgets }, previous?.pools, sharing)
    this.hedging = new Hedging(new Attempts(this.with), hedging, host)
    this.weights.keep(new Set(deployments.map(({ id }) => id)))
    this.mirrors = new Mirroring(settings, host, route => this.run(route), previous?.mirrors)
    this.health = new HealthBook(settings, host, deployment => this.pools.candidate(deployment))
  }

  /** The first answer of the model's group, or of its fallbacks. Throws the first group's error when all fail. */
  async run<E extends EndpointName>(route: Route<E>): Promise<Reply<E>> {
    const { settings, host } = this.with
    const pin = pinOf(route)
    const continuation = mayContinue(route, settings)
    // What may have to be gone on with must be read: its bytes cannot pass unseen.
    const read = continuation ? { ...route, original: undefined } : route
    const trip = new Trip(read, settings, host.now(), pin !== undefined)
    const first = { model: route.model }
    const reply = await this.travel(trip, first, () => this.visit(first, trip, pin))
    if (continuation === undefined || reply.kind !== 'stream') return reply
    const most = mostContinuations(route, settings)
    return new ContinuedStream(reply, trip, continuation, most, error => this.goOn(trip, error))
  }

  /** What `ask` brings of the target's group, else what its fallbacks do. */
  private async travel<E extends EndpointName>(
    trip: Trip<E>,
    target: FallbackTarget,
    ask: () => Promise<Reply<E>>,
  ): Promise<Reply<E>> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      const next = trip.after(target.model, error)
      if (next === undefined) throw trip.told(trip.firstError ?? error)
      return this.travel(trip, next, () => this.visit(next, trip, pinOf(trip.route)))
    }
  }

  /** The rest of an answer that broke off: another attempt where it came from, else at the fallbacks. */
  private async goOn<E extends EndpointName>(trip: Trip<E>, error: SluiceError): Promise<Reply<E>> {
    const { broken } = trip
    if (broken === undefined || this.with.host.now() >= trip.deadline) throw error
    const { visit, candidate } = broken
    return this.travel(trip, visit.target, () => {
      visit.failed(candidate, error)
      return this.ask(visit)
    })
  }

  /** Every deployment the call may end at, its fallbacks' included: what a reservation must be able to pay. */
  reachable(reach: Reach): readonly Deployment[] {
    const { model, disableFallbacks } = reach
    const named = this.groups.resolve(model)
    if (disableFallbacks) return named
    const settings = withOptions(this.with.settings, reach)
    const groups = new Set([model])
    for (const group of groups) for (const next of anyFallbacksOf(group, settings)) groups.add(next.model)
    return groups.size === 1 ? named : [...groups].flatMap(group => this.groups.find(group) ?? [])
  }

  /** The deployments behind a name; none where nothing answers to it. */
  deploymentsOf(model: string): readonly Deployment[] {
    return this.groups.find(model) ?? []
  }

  /** True while a deployment behind the name rests. */
  isStrained(model: string): boolean {
    const deployments = this.groups.find(model)
    if (deployments === undefined) return false
    return this.pools.of(model, deployments).awake.read(this.with.host.now()).resting.length > 0
  }

  /** Notes on the record of a finished call what its answer would have cost elsewhere. */
  compareCost(record: CallRecord): void {
    const { routing } = record
    const [first] = routing?.visits ?? []
    if (routing === undefined || first === undefined) return
    const reachable = this.reachable({ model: first.group })
    const { host } = this.with
    routing.cheapest = cheapestAlternative(record, reachable, host.facts, host.terms?.())
  }

  /** What is known of every configured deployment right now. */
  state(): DeploymentReport[] {
    const now = this.with.host.now()
    return this.groups.all().map(deployment => reportOf(this.pools.candidate(deployment), now))
  }

  /** Weights that may be set while it runs. Calls under way stay where they are. */
  get weights(): LiveWeights {
    return this.pools.weights
  }

  /**
   * Sets weights by deployment id, from the next choice on; `null` goes back to the configuration. Throws
   * `BadRequestError` that names the weight at fault, before anything is changed.
   */
  setWeights(changes: WeightChanges): void {
    const known = new Set(this.groups.all().map(({ id }) => id))
    for (const [id, weight] of Object.entries(changes)) if (weight !== null) checkId(id, known)
    this.weights.change(changes)
  }

  /** How every configured deployment weighs in its group right now. */
  weightReports(): WeightReport[] {
    return this.eachGroup().flatMap(candidates => reportWeights(candidates, this.strategyOf(candidates)))
  }

  /** Finds factors by how deployments do, and puts them in force. */
  adapt(facts: AdaptiveFacts): AdaptiveWeight[] {
    const { host } = this.with
    const priceOf = ({ deployment }: Candidate) => tokenPriceOf(host.facts?.(deployment))
    const found = adaptGroups(this.eachGroup(), each => this.strategyOf(each), facts, priceOf)
    this.weights.replaceFactors(new Map(found.map(({ id, factor }) => [id, factor])))
    return found
  }

  /** Attempts of every configured deployment since the start, and those that failed by its fault. */
  outcomes(): ReadonlyMap<string, Readonly<LoadState['outcomes']>> {
    const candidates = this.groups.all().map(deployment => this.pools.candidate(deployment))
    return new Map(candidates.map(({ deployment, load }) => [deployment.id, { ...load.outcomes }]))
  }

  private strategyOf(candidates: readonly Candidate[]): RoutingStrategy {
    return this.with.strategies.of(candidates[0]?.deployment.group)
  }

  private eachGroup(): readonly (readonly Candidate[])[] {
    return this.groups.lists().map(list => this.pools.of(list[0]?.group ?? '', list).candidates)
  }

  /** Asks one group, as often as retries allow. */
  private async visit<E extends EndpointName>(
    target: FallbackTarget,
    trip: Trip<E>,
    pin: string | undefined,
  ): Promise<Reply<E>> {
    const deployments = pinned(this.groups.resolve(target.model), pin)
    const pool = this.pools.of(target.model, deployments)
    if (target.model === trip.route.model) failAsAsked(trip.route)
    const visit = new Visit(target, pool, trip, this.with)
    visit.able = capable(pool.candidates, visit.ask, this.with.settings, visit.receipt)
    return this.ask(visit)
  }

  /** Makes attempts until one answers, or no further one is worth it. */
  private async ask<E extends EndpointName>(visit: Visit<E>): Promise<Reply<E>> {
    for (;;) {
      const { ticket, waitedMs } = await this.place(visit)
      try {
        this.mirrors.consider(ticket.candidate.deployment, visit)
        const spare = () => this.spare(visit, ticket.candidate)
        return await this.hedging.make(ticket, visit, waitedMs, spare)
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        visit.failed(ticket.candidate, error)
      }
    }
  }

  /** A place at another deployment than `first`, where one is free right now. */
  private spare<E extends EndpointName>(visit: Visit<E>, first: Candidate): Ticket | undefined {
    const others = visit.able.filter(candidate => candidate !== first)
    if (others.length === 0) return undefined
    const choosing = { ...visit.choosing(others), maySpare: false, isOnlyWay: () => false }
    const choice = choose(choosing)
    if (choice.kind !== 'chosen' || visit.wasTried(choice.candidate)) return undefined
    return this.ticket(choice.candidate, choosing, choosing.now, false)
  }

  /** The most attempts of one call that may be charged: what a reservation must be able to pay. */
  mostCharged<E extends EndpointName>(route: ContinuableRoute<E>): number {
    const { settings } = this.with
    const legs = mayContinue(route, settings) ? 1 + mostContinuations(route, settings) : 1
    return settings.hedging ? 2 * legs : legs
  }

  private ticket(candidate: Candidate, choosing: Choosing, now: number, holdsPlace: boolean): Ticket {
    const tokens = tokensToReserve(candidate, choosing)
    const { spending } = choosing
    if (!spending || candidate.budgets.length === 0) return new Ticket(candidate, now, tokens, holdsPlace)
    const hold = this.budgets.hold(candidate.budgets, spending.worstCase(candidate))
    return new Ticket(candidate, now, tokens, holdsPlace, hold)
  }

  /** A place at the deployment to ask now, waiting for one where that is worth it. Choice and place are one step. */
  private async place<E extends EndpointName>(visit: Visit<E>) {
    const { host } = this.with
    const { signal } = visit.trip
    for (let waitedMs = 0; ; ) {
      const choosing = visit.choosing(visit.able)
      const choice = choose(choosing)
      if (choice.kind === 'full') {
        const candidate = await waitForPlace(choice.candidates, visit.waitLimits())
        const now = host.now()
        waitedMs += now - choosing.now
        if (stillReady(candidate, choosing, now))
          return { ticket: this.ticket(candidate, choosing, now, true), waitedMs }
        releasePlace(candidate)
        continue
      }
      const pause = visit.pauseBefore(choice)
      if (choice.kind === 'chosen' && pause === 0) {
        return { ticket: this.ticket(choice.candidate, choosing, choosing.now, false), waitedMs }
      }
      await wait(pause, signal)
      waitedMs += pause
    }
  }
}

/** What the call will take of a deployment's minute, where that is watched; what it took replaces it. */
function tokensToReserve({ deployment }: Candidate, { ready, strategy, inputTokens }: Choosing): number {
  return strategy.countsTokens || (ready.enforceRates && deployment.tpm) ? inputTokens() : 0
}

/** The failure an administrator asks for, to try out what follows. */
function failAsAsked<E extends EndpointName>({ mockFailure: kind, model }: Route<E>): void {
  if (kind === undefined) return
  throw createError({
    kind,
    message: `This is a mock exception for model=${model}, to trigger a fallback.`,
    retryable: false,
  })
}
