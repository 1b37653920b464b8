import type { Deployment, Provider } from 'sluice/internal'
import type { LoggedAttempt, LoggedCall } from '../log/logged-call.ts'
import { Behaviour } from './behaviour.ts'
import type { Failed } from './failures.ts'
import { Reservoir, seeded } from './luck.ts'
import { type MatchedBy, matchesOf, type Roster } from './roster.ts'

/** What is asked and answered, where the log does not say. */
export interface Size {
  readonly usage: LoggedCall['usage']
  readonly stream: boolean
}

/** How a deployment of a configuration will behave. */
export interface Expected {
  readonly by: MatchedBy
  /** Those of the log that it is taken for; by chance one of them, by how much it was seen. */
  readonly behaviours: readonly Behaviour[]
  /** Sums of `answers`, for drawing. */
  readonly sums: readonly number[]
}

const SIZES_OF_GROUP = 256
const MOST_GROUPS = 1_000

/** Everything a log tells of how deployments behave. */
export class World {
  /** Failures of which the log does not say whose they were. */
  unattributed = 0
  private readonly roster: Roster
  private readonly span: { readonly from: number; readonly to: number }
  private readonly behaviours = new Map<string, Behaviour>()
  private readonly sizes = new Map<string, Reservoir<Size>>()
  private readonly everySize = new Reservoir<Size>(SIZES_OF_GROUP)
  private readonly random: () => number

  constructor(roster: Roster, span: { readonly from: number; readonly to: number }, seed: number) {
    this.roster = roster
    this.span = span
    this.random = seeded(seed)
  }

  learn(call: LoggedCall): void {
    const { deployment, at, failure, durationMs, earlier = [] } = call
    for (const attempt of earlier) this.learnEarlier(attempt, at)
    const hidden = earlier.length > 0 ? 0 : call.retries
    if (deployment === undefined) {
      if (failure && failure.kind !== 'own' && failure.kind !== 'busy')
        this.spread(call, { failure, ms: durationMs, firstMs: 0 }, 1)
      return
    }
    const key = this.roster.keyOf(deployment)
    const behaviour = this.behaviour(key)
    const share = durationMs / (hidden + 1)
    const isOwn = failure?.kind === 'own' || failure?.kind === 'busy'
    const failed =
      failure && failure.kind !== 'own' && failure.kind !== 'busy'
        ? { failure, ms: share, firstMs: Math.min(call.firstMs ?? 0, share) }
        : undefined
    behaviour.failures.add(at, failed, this.random)
    if (hidden > 0)
      this.spread(call, { failure: { kind: 'status', status: 500 }, ms: share, firstMs: 0 }, hidden)
    if (failure !== undefined) return
    const { completion_tokens: tokens } = call.usage
    if (!isOwn && call.retries === 0 && call.fallbacks === 0 && earlier.length === 0)
      behaviour.answered(at, { ms: durationMs, firstMs: call.firstMs ?? 0, tokens }, this.random)
    this.learnSize(call)
  }

  /** How a deployment of a configuration will behave. */
  expect(deployment: Deployment, provider: Provider | undefined): Expected {
    const { baseUrl } = provider ?? {}
    const base = deployment.apiBase ?? (typeof baseUrl === 'string' ? baseUrl : '')
    const { by, keys } = matchesOf(deployment, base, this.roster)
    const behaviours = keys.map(key => this.behaviour(key)).filter(({ answers }) => answers > 0)
    let sum = 0
    const sums = behaviours.map(({ answers }) => (sum += answers))
    if (behaviours.length > 0) return { by, behaviours, sums }
    // It never answered in the log: all that is known of it are its failures.
    return { by, behaviours: keys.map(key => this.behaviour(key)), sums: keys.map((_, index) => index + 1) }
  }

  /** The size of some answered call of the group, or of any. */
  size(call: LoggedCall, random: () => number): Size | undefined {
    const { items } = this.sizes.get(call.group) ?? this.everySize
    return items[Math.min(Math.floor(random() * items.length), items.length - 1)]
  }

  private learnEarlier({ id, afterMs, durationMs, failure }: LoggedAttempt, at: number): void {
    const key = this.roster.keyOfId(id)
    if (key === undefined) this.unattributed++
    else if (failure.kind !== 'own' && failure.kind !== 'busy')
      this.behaviour(key).failures.add(at + afterMs, { failure, ms: durationMs, firstMs: 0 }, this.random)
  }

  /** A failure of one of the group's deployments: a retry goes elsewhere, so it was rather not the last one's. */
  private spread(call: LoggedCall, failed: Failed, times: number): void {
    this.unattributed += times
    const last = call.deployment && this.roster.keyOf(call.deployment)
    const members = this.roster.membersOf(call.group)
    const others = members.filter(key => key !== last)
    const blamed = others.length > 0 ? others : members
    for (const key of blamed)
      this.behaviour(key).failures.add(call.at, failed, this.random, times / blamed.length)
  }

  private learnSize({ usage, firstMs, group }: LoggedCall): void {
    const size: Size = { usage, stream: firstMs !== undefined }
    this.everySize.add(size, this.random)
    let sizes = this.sizes.get(group)
    if (sizes === undefined && this.sizes.size < MOST_GROUPS)
      this.sizes.set(group, (sizes = new Reservoir<Size>(SIZES_OF_GROUP)))
    sizes?.add(size, this.random)
  }

  private behaviour(key: string): Behaviour {
    let behaviour = this.behaviours.get(key)
    if (behaviour === undefined) {
      const deployment = this.roster.deployments.get(key) ?? { id: '', provider: '', model: key, apiBase: '' }
      this.behaviours.set(key, (behaviour = new Behaviour(deployment, this.span)))
    }
    return behaviour
  }
}
