import { zonedCalendar } from 'sluice/internal'
import type { Log } from '../db/log.ts'
import type { Redis } from '../redis/redis.ts'
import { checkClaim, refusedBudget, refusedRate } from './check-claim.ts'
import { CounterStore } from './counters/counter-store.ts'
import type { SubjectCounters } from './counters/subject-counters.ts'
import type { LimitType } from './limit-errors.ts'
import type { Claim, Limiter, Reservation } from './limiter.ts'
import { type LimiterState, type MemoryLimiterOptions, stateOf } from './memory-limiter.ts'
import { MemoryReservation } from './memory-reservation.ts'
import type { Verdict } from './replicas/counter-words.ts'
import { fairDeadline } from './replicas/fair-deadline.ts'
import { ReplicaLine } from './replicas/replica-line.ts'
import { SharedReservation } from './replicas/shared-reservation.ts'
import type { SpendSeeds } from './spend-seeds.ts'

export interface RedisLimiterOptions extends MemoryLimiterOptions {
  /** The Redis in force; absent: this process counts for itself. */
  readonly redis: () => Redis | undefined
  readonly log: Log
  readonly seeds?: SpendSeeds | undefined
  /** Milliseconds a call may wait for Redis; then it goes by this replica's share. */
  readonly deadlineMs: () => number
}

export interface RedisLimiter extends Limiter, LimiterState {
  /** True while limits are counted together with other replicas; undefined without Redis. */
  isShared(): boolean | undefined
  /** Calls decided by this replica's share because Redis did not answer in time. */
  readonly decidedAlone: number
  close(): void
}

/** By the number with which the script names what refused. */
const RATE_TYPES: readonly LimitType[] = [
  'max_parallel_requests',
  'requests',
  'tokens',
  'input_tokens',
  'output_tokens',
]

/**
 * Counters that all replicas share through Redis: one script per reserve, one per settle, exact across replicas. When
 * Redis does not answer in time a call goes by this replica's share (`Share`), and nobody waits until Redis is prompt
 * again; what was used meanwhile is told to it then. Without Redis this is the limiter in memory.
 */
export function createRedisLimiter(options: RedisLimiterOptions): RedisLimiter {
  return new Shared(options)
}

class Shared implements RedisLimiter {
  readonly name = 'redis'
  decidedAlone = 0
  readonly spentNanoUsd: LimiterState['spentNanoUsd']
  readonly forget: LimiterState['forget']
  readonly snapshot: LimiterState['snapshot']
  readonly #options: RedisLimiterOptions
  readonly #clock: () => number
  readonly #store: CounterStore
  #current: { readonly redis: Redis; readonly line: ReplicaLine } | undefined

  constructor(options: RedisLimiterOptions) {
    this.#options = options
    this.#clock = options.now ?? Date.now
    this.#store = new CounterStore(zonedCalendar(options.timezone ?? 'UTC'), options.maxSubjects)
    const state = stateOf(this.#store, this.#clock)
    this.spentNanoUsd = state.spentNanoUsd
    this.forget = state.forget
    this.snapshot = state.snapshot
    this.#line()
  }

  isShared(): boolean | undefined {
    return this.#line()?.isPrompt()
  }

  close(): void {
    this.#current?.line.close()
  }

  reserve(claim: Claim): Reservation | Promise<Reservation> {
    const held = this.#store.prepared(claim.subjects, claim.now)
    const seeded = this.#options.seeds?.prepare(claim, held)
    if (seeded === undefined) return this.#decide(claim, held)
    return seeded.then(() => this.#decide(claim, this.#store.prepared(claim.subjects, claim.now)))
  }

  #decide(claim: Claim, held: readonly SubjectCounters[]): Reservation | Promise<Reservation> {
    // What this process alone has used up is used up.
    checkClaim(claim, held)
    const line = held.length === 0 ? undefined : this.#line()
    if (line === undefined) return this.#take(claim, held)
    if (line.isPrompt()) return this.#ask(claim, held, line)
    return this.#alone(claim, line)
  }

  #take(claim: Claim, held: readonly SubjectCounters[]): MemoryReservation {
    return new MemoryReservation(claim, held, this.#clock, this.#options.onSpent)
  }

  #alone(claim: Claim, line: ReplicaLine, isDoubt = false): SharedReservation {
    this.decidedAlone++
    // Counters may have been cleared away while the answer was waited for.
    const held = this.#store.prepared(claim.subjects, claim.now)
    checkClaim(claim, held, line)
    const second = Math.floor(claim.now / 1000)
    const state = isDoubt ? 'doubt' : 'untold'
    const reservation = new SharedReservation(this.#take(claim, held), state, second, line)
    line.began(reservation)
    return reservation
  }

  #ask(claim: Claim, held: readonly SubjectCounters[], line: ReplicaLine): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const question = new Question(claim, held, line)
      const decide = (work: () => Reservation) => {
        try {
          resolve(work())
        } catch (error) {
          reject(error as Error)
        }
      }
      const cancel = fairDeadline(this.#options.deadlineMs(), () => {
        line.noteLate()
        decide(() => question.goOn(() => this.#alone(claim, line, true)))
      })
      line.ask(claim, held).then(
        verdict => {
          cancel()
          if (!question.isOpen) return question.answered(verdict)
          question.isOpen = false
          decide(() => (verdict === undefined ? this.#alone(claim, line) : this.#heed(claim, line, verdict)))
        },
        () => {
          cancel()
          if (!question.isOpen) return question.answered(undefined)
          question.isOpen = false
          decide(() => this.#alone(claim, line))
        },
      )
    })
  }

  #heed(claim: Claim, line: ReplicaLine, verdict: Verdict): Reservation {
    const held = this.#store.prepared(claim.subjects, claim.now)
    if (!verdict.granted) {
      line.learn(claim.subjects, held, verdict)
      throw refusalOf(claim, held, verdict)
    }
    const reservation = new SharedReservation(this.#take(claim, held), 'told', verdict.second, line)
    line.learn(claim.subjects, held, verdict)
    line.began(reservation)
    return reservation
  }

  /** Follows the Redis of the settings. */
  #line(): ReplicaLine | undefined {
    const redis = this.#options.redis()
    if (redis === this.#current?.redis) return this.#current?.line
    this.#current?.line.close()
    const { log, deadlineMs } = this.#options
    this.#current = redis && { redis, line: new ReplicaLine({ redis, log, deadlineMs, now: this.#clock }) }
    return this.#current?.line
  }
}

/** One question to Redis, and what was decided when its answer did not come in time. */
class Question {
  isOpen = true
  readonly #claim: Claim
  readonly #held: readonly SubjectCounters[]
  readonly #line: ReplicaLine
  #reservation: SharedReservation | undefined

  constructor(claim: Claim, held: readonly SubjectCounters[], line: ReplicaLine) {
    this.#claim = claim
    this.#held = held
    this.#line = line
  }

  goOn(decide: () => SharedReservation): Reservation {
    this.isOpen = false
    this.#reservation = decide()
    return this.#reservation
  }

  /** The answer came late: what Redis counted and what was decided here are brought together. */
  answered(verdict: Verdict | undefined): void {
    if (this.#reservation !== undefined) return this.#line.resolved(this.#reservation, verdict)
    if (verdict?.granted) this.#line.cancel(this.#claim, this.#held, verdict)
  }
}

function refusalOf(claim: Claim, held: readonly SubjectCounters[], verdict: Verdict) {
  const { counter, limit, waitMs } = verdict
  if (limit <= 2) return refusedBudget(claim, held, counter, limit === 1 ? 'spent' : 'held')
  const type = RATE_TYPES[limit - 3] ?? 'requests'
  const wait = waitMs < 0 ? undefined : waitMs
  return refusedRate(claim, held, counter, type, { used: usedOf(verdict), waitMs: wait })
}

/** What all have used of what refused. */
function usedOf({ words, counter, limit }: Verdict): number {
  const offset = limit === 3 ? 4 : limit - 4
  return words[6 + counter * 8 + offset] ?? 0
}
