import type { Candidate } from '../candidate.ts'
import type { Outcome, PickContext, RoutingStrategy } from './strategy.ts'

/** A choice that a strategy of the user's own did not make, or a report it did not take. */
export interface StrategyFault {
  readonly strategy: string
  /** What it did, in words: `threw TypeError: …`. */
  readonly message: string
  /** How often something went wrong since the router was made. */
  readonly count: number
}

const TOLD_EVERY_MS = 60_000

/** A strategy from outside that cannot make a call fail: where it fails to choose, `instead` does. */
export class GuardedStrategy implements RoutingStrategy {
  readonly name: string
  readonly enforcesRates: boolean
  readonly countsTokens: boolean
  readonly comparesAll: boolean
  /** Present only where the strategy wants to be told. */
  readonly observe?: (candidate: Candidate, outcome: Outcome) => void
  private readonly own: RoutingStrategy
  private readonly instead: RoutingStrategy
  private readonly to: { now(): number; readonly tell: ((fault: StrategyFault) => void) | undefined }
  private faults = 0
  private toldAt = Number.NEGATIVE_INFINITY

  constructor(own: RoutingStrategy, instead: RoutingStrategy, to: GuardedStrategy['to']) {
    this.name = own.name
    this.enforcesRates = own.enforcesRates ?? false
    this.countsTokens = own.countsTokens ?? false
    this.comparesAll = own.comparesAll ?? false
    this.own = own
    this.instead = instead
    this.to = to
    if (own.observe) this.observe = (candidate, outcome) => this.tellOwn(candidate, outcome)
  }

  pick(candidates: readonly Candidate[], context: PickContext): Candidate {
    try {
      const picked: unknown = this.own.pick(candidates, context)
      if (candidates.includes(picked as Candidate)) return picked as Candidate
      // Nobody waits for it, and one that is rejected unheard would end the process.
      if (picked instanceof Promise) picked.catch(() => {})
      this.fault(`pick answered with ${shown(picked)}, which is none of the candidates`)
    } catch (error) {
      this.fault(`pick threw ${String(error)}`)
    }
    return this.instead.pick(candidates, context)
  }

  private tellOwn(candidate: Candidate, outcome: Outcome): void {
    try {
      const told: unknown = this.own.observe?.(candidate, outcome)
      if (told instanceof Promise)
        told.catch((error: unknown) => this.fault(`observe threw ${String(error)}`))
    } catch (error) {
      this.fault(`observe threw ${String(error)}`)
    }
  }

  private fault(message: string): void {
    this.faults++
    const now = this.to.now()
    if (now - this.toldAt < TOLD_EVERY_MS) return
    this.toldAt = now
    this.to.tell?.({ strategy: this.name, message, count: this.faults })
  }
}

function shown(value: unknown): string {
  if (value instanceof Promise) return 'a promise (a choice must be made at once)'
  if (typeof value === 'object' && value !== null) return 'another object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)
}
