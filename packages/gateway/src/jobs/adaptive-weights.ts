import type { AdaptiveSettings, AdaptiveWeight, Rollback, RouteTable } from 'sluice/internal'
import type { Log } from '../db/log.ts'
import type { OutcomeCount, OutcomeStore } from '../db/routing/outcome-store.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'

export interface AdaptiveWeightsOptions extends Omit<RepeatOptions, 'everyMs' | 'atOnce'> {
  readonly store: OutcomeStore
  readonly routes: () => RouteTable
  /** Undefined while weights are not adapted. */
  readonly settings: () => AdaptiveSettings | undefined
  readonly log: Log
  readonly now?: () => number
  readonly everyMs?: number
}

export interface AdaptiveWeightsJob extends Job {
  /** What was found last, by deployment id; empty while weights are not adapted. */
  current(): ReadonlyMap<string, AdaptiveWeight>
  /** Rollbacks this replica has seen begin. */
  readonly rollbacks: number
}

/** As finely as outcomes are counted. */
const SLOT_MS = 5_000
/** The last part of the window is read slot by slot, the rest in parts of this share. */
const PARTS = 12
/** Rounds between two removals of what is too old. */
const FORGET_EVERY = 100

/**
 * Every few seconds: adds this replica's attempts to those of all, reads what all counted and what feedback said, and
 * puts the factors that follow into force. Replicas read the same tables and so come to the same factors. While the
 * database is away the last factors stay, and attempts are counted on.
 */
export function startAdaptiveWeights(options: AdaptiveWeightsOptions): AdaptiveWeightsJob {
  const { everyMs = 3_000, now = Date.now, ...rest } = options
  const round = new Rounds({ ...rest, now })
  const job = repeat(() => round.next(), { ...rest, everyMs })
  return {
    stop: () => job.stop(),
    current: () => round.found,
    get rollbacks() {
      return round.rollbacks
    },
  }
}

class Rounds {
  found: ReadonlyMap<string, AdaptiveWeight> = new Map()
  rollbacks = 0
  private readonly options: AdaptiveWeightsOptions & { readonly now: () => number }
  private written: ReadonlyMap<string, OutcomeCount> = new Map()
  private known: ReadonlyMap<string, Rollback> = new Map()
  private turn = 0
  private resting = false

  constructor(options: Rounds['options']) {
    this.options = options
  }

  async next(): Promise<void> {
    const { settings: read, store, routes, now } = this.options
    const settings = read()
    if (settings === undefined) return this.rest()
    const time = now()
    await this.write(time)
    const slots = await store.read(rangeOf(settings.windowMs, time))
    const rollbacks = await store.rollbacks(time - settings.windowMs)
    const found = routes().adapt({ settings, slots, rollbacks, now: time })
    this.found = new Map(found.map(weight => [weight.id, weight]))
    await this.hold(found, rollbacks)
    if (this.turn++ % FORGET_EVERY === 0) await store.forget(time - 2 * settings.windowMs)
  }

  private rest(): void {
    this.resting = true
    if (this.found.size === 0) return
    this.found = new Map()
    this.options.routes().weights.replaceFactors(new Map())
  }

  /** What fails to be written is written the next time. */
  private async write(now: number): Promise<void> {
    const { store, routes } = this.options
    const counted = routes().outcomes()
    const added = new Map<string, OutcomeCount>()
    for (const [id, count] of counted) {
      const before = this.written.get(id)
      // One that was forgotten counts from 0 again.
      const since = before && before.attempts <= count.attempts ? before : { attempts: 0, failures: 0 }
      const more = {
        attempts: count.attempts - since.attempts,
        failures: Math.max(0, count.failures - since.failures),
      }
      if (more.attempts > 0 || more.failures > 0) added.set(id, more)
    }
    // What was counted while nobody asked belongs to no slot.
    if (added.size > 0 && !this.resting) await store.add(now - (now % SLOT_MS), added)
    this.resting = false
    this.written = counted
  }

  /** Tells of rollbacks that began, and remembers those that were found here. */
  private async hold(found: readonly AdaptiveWeight[], stored: ReadonlyMap<string, Rollback>): Promise<void> {
    const fresh = new Map<string, Rollback>()
    const known = new Map<string, Rollback>()
    for (const { id, rollback } of found) {
      if (rollback === undefined) continue
      known.set(id, rollback)
      if (stored.get(id)?.since !== rollback.since) fresh.set(id, rollback)
      // Another replica may have found it a moment earlier: it is one rollback.
      const before = this.known.get(id)
      if (before !== undefined && rollback.since < before.until) continue
      this.rollbacks++
      const { reason } = rollback
      const until = new Date(rollback.until).toISOString()
      this.options.log.warn({ model_id: id, reason, until }, 'a deployment is held at its least weight')
    }
    this.known = known
    if (fresh.size > 0) await this.options.store.hold(fresh)
  }
}

function rangeOf(windowMs: number, now: number) {
  const coarseMs = Math.max(SLOT_MS, Math.round(windowMs / PARTS / SLOT_MS) * SLOT_MS)
  const fineFrom = now - (now % coarseMs) - coarseMs
  return { from: now - windowMs, fineFrom, fineMs: SLOT_MS, coarseMs }
}
