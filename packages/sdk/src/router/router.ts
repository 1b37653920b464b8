import { type Call, call } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError, SluiceError } from '../errors.ts'
import type { Reply } from '../steps/reply.ts'
import type { CallHost } from '../steps/shapes.ts'
import { wait } from '../transport/wait.ts'
import type { Attempt, CallRecord } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { Cooldowns } from './cooldowns.ts'
import { anyFallbacksOf, type FallbackSettings, fallbacksFor } from './fallbacks.ts'
import { type GroupAlias, Groups } from './groups.ts'
import { backoffMs, mayRetry } from './retry.ts'
import { createSimpleShuffle } from './simple-shuffle.ts'
import type { RoutingStrategy } from './strategy.ts'

export interface RoutingSettings extends FallbackSettings {
  readonly retries: number
  readonly timeoutMs: number
  readonly streamTimeoutMs: number | undefined
  readonly allowedFails: number
  readonly cooldownMs: number
  readonly disableCooldowns: boolean
  readonly retryAfterMs: number
  readonly groupAliases: ReadonlyMap<string, GroupAlias>
}

export interface RoutingHost extends CallHost {
  readonly now: () => number
  readonly random: () => number
}

/** What to route. The call's deployment and times are the router's to choose. */
export interface Route<E extends EndpointName>
  extends Omit<Call<E>, 'deployment' | 'timeoutMs' | 'streamTimeoutMs' | 'now'> {
  /** Group, alias, deployment id or a name a wildcard matches. */
  readonly model: string
  readonly record: CallRecord
  readonly retries?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly streamTimeoutMs?: number | undefined
  /** Groups to try instead of the configured ones. */
  readonly fallbacks?: readonly string[] | undefined
  readonly disableFallbacks?: boolean | undefined
  /** Laid over whichever deployment is chosen. */
  readonly overrides?: Partial<Deployment> | undefined
}

/** What decides where a call may end. */
export type Reach = Pick<Route<EndpointName>, 'model' | 'fallbacks' | 'disableFallbacks'>

/** Picks a deployment, calls it, observes, cools down, retries and falls back, until the first byte of an answer. */
export class RouteTable {
  readonly groups: Groups
  private readonly cooldowns: Cooldowns
  private readonly strategy: RoutingStrategy
  private readonly settings: RoutingSettings
  private readonly host: RoutingHost

  constructor(deployments: readonly Deployment[], settings: RoutingSettings, host: RoutingHost) {
    this.settings = settings
    this.host = host
    this.groups = new Groups(deployments, settings.groupAliases, host.providers)
    this.cooldowns = new Cooldowns({ ...settings, disabled: settings.disableCooldowns })
    this.strategy = createSimpleShuffle(host.random)
  }

  /** The first answer of the model's group, or of its fallbacks. Throws the first group's error when all fail. */
  async run<E extends EndpointName>(route: Route<E>): Promise<Reply<E>> {
    const deadline = this.host.now() + (route.timeoutMs ?? this.settings.timeoutMs)
    const tried = new Set([route.model])
    const pin = pinOf(route)
    const queue: string[] = []
    let first: SluiceError | undefined
    for (let group = route.model; ; ) {
      try {
        return await this.runGroup(group, route, deadline)
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        first ??= error
        for (const fallback of route.disableFallbacks || pin ? [] : this.fallbacksOf(group, error, route)) {
          if (tried.has(fallback) || tried.size > this.settings.maxFallbacks) continue
          tried.add(fallback)
          queue.push(fallback)
        }
        const next = queue.shift()
        if (next === undefined) throw first
        route.record.fallbacks++
        group = next
      }
    }
  }

  /** Every deployment the call may end at, its fallbacks' included: what a reservation must be able to pay. */
  reachable({ model, fallbacks, disableFallbacks }: Reach): readonly Deployment[] {
    const named = this.groups.resolve(model)
    if (disableFallbacks) return named
    const settings = fallbacks ? { ...this.settings, fallbacks: new Map([['*', fallbacks]]) } : this.settings
    const groups = new Set([model])
    for (const group of groups) for (const next of anyFallbacksOf(group, settings)) groups.add(next)
    return groups.size === 1 ? named : [...groups].flatMap(group => this.groups.find(group) ?? [])
  }

  /** A stream broke, or ended well, after `run` had handed it over. */
  observe(deployment: Deployment, error: SluiceError | undefined): void {
    if (error) this.cooldowns.failed(deployment, error, this.host.now())
    else this.cooldowns.succeeded(deployment)
  }

  private fallbacksOf<E extends EndpointName>(
    group: string,
    error: SluiceError,
    route: Route<E>,
  ): readonly string[] {
    if (route.fallbacks === undefined) return fallbacksFor(group, error, this.settings)
    return fallbacksFor(group, error, { ...this.settings, fallbacks: new Map([['*', route.fallbacks]]) })
  }

  private async runGroup<E extends EndpointName>(
    group: string,
    route: Route<E>,
    deadline: number,
  ): Promise<Reply<E>> {
    const all = pinned(this.groups.resolve(group), pinOf(route))
    const retries = route.retries ?? all[0]?.retries ?? this.settings.retries
    let untried = all
    for (let attempt = 0; ; attempt++) {
      const deployment = this.pick(untried.length > 0 ? untried : all)
      untried = untried.filter(other => other !== deployment)
      try {
        return await this.attempt(deployment, route, deadline)
      } catch (error) {
        if (!(error instanceof SluiceError) || attempt >= retries || !mayRetry(error, untried.length > 0))
          throw error
        if (untried.length > 0) continue
        const pause = backoffMs(attempt + 1, error, this.settings.retryAfterMs, this.host.random)
        if (this.host.now() + pause >= deadline) throw error
        await wait(pause, route.signal)
      }
    }
  }

  /** The strategy's choice among those of the lowest `order` that do not rest; when all rest, the first to be back. */
  private pick(candidates: readonly Deployment[]): Deployment {
    if (candidates.length === 1) return candidates[0] as Deployment
    const now = this.host.now()
    const awake = candidates.filter(deployment => this.cooldowns.restsUntil(deployment, now) === 0)
    if (awake.length === 0)
      return candidates.reduce((best, next) =>
        this.cooldowns.restsUntil(next, now) < this.cooldowns.restsUntil(best, now) ? next : best,
      )
    const lowest = Math.min(...awake.map(deployment => deployment.order ?? 0))
    const inOrder =
      lowest === 0 ? awake.filter(({ order }) => !order) : awake.filter(({ order }) => order === lowest)
    return this.strategy.pick(inOrder)
  }

  private async attempt<E extends EndpointName>(
    deployment: Deployment,
    route: Route<E>,
    deadline: number,
  ): Promise<Reply<E>> {
    const { host, settings } = this
    const { record } = route
    const startedAt = host.now()
    const left = deadline - startedAt
    if (left <= 0) throw createError({ kind: 'timeout', message: 'The time for this call is used up.' })
    const attempt: Attempt = { deploymentId: deployment.id, startedAt, durationMs: 0 }
    record.attempts.push(attempt)
    record.deployment = deployment
    try {
      const reply = await call(
        {
          ...route,
          deployment: route.overrides ? { ...deployment, ...route.overrides } : deployment,
          now: startedAt,
          timeoutMs: Math.min(left, deployment.timeoutMs ?? left),
          streamTimeoutMs: route.streamTimeoutMs ?? deployment.streamTimeoutMs ?? settings.streamTimeoutMs,
        },
        host,
      )
      this.cooldowns.succeeded(deployment)
      return reply
    } catch (error) {
      attempt.error = error as Error
      if (error instanceof SluiceError) {
        attempt.status = error.provider === undefined ? undefined : error.status
        this.cooldowns.failed(deployment, error, host.now())
      }
      throw error
    } finally {
      attempt.durationMs = host.now() - startedAt
      record.upstreamMs += attempt.durationMs
    }
  }
}

function pinOf<E extends EndpointName>({ endpoint: name, request }: Route<E>): string | undefined {
  const endpoint: Endpoint<E> = endpoints[name]
  return endpoint.pin?.(request)
}

/** The one deployment that keeps what the request is about. An only one is it, though its key and so its id changed. */
function pinned(all: readonly Deployment[], pin: string | undefined): readonly Deployment[] {
  if (pin === undefined || all.length === 1) return all
  const found = all.filter(({ id }) => id === pin)
  if (found.length > 0) return found
  throw createError({
    kind: 'not_found',
    message: 'The deployment that keeps this is no longer configured, or does not belong to the model named.',
  })
}
