import { randomBytes } from 'node:crypto'
import type { Log } from '../../db/log.ts'
import type { Redis } from '../../redis/redis.ts'
import { isPassing } from '../../redis/redis-error.ts'
import type { SubjectCounters } from '../counters/subject-counters.ts'
import { tokensOf, tokensToTake } from '../counters/token-amounts.ts'
import type { Claim, LimitSubject } from '../limiter.ts'
import { Acquaintance } from './acquaintance.ts'
import { allToTell } from './all-to-tell.ts'
import { readVerdict, type Verdict } from './counter-words.ts'
import { timed } from './fair-deadline.ts'
import { LineMessages, type Taken } from './line-messages.ts'
import type { Outcome, SettleListener, SharedReservation } from './shared-reservation.ts'
import { Unanswered } from './unanswered.ts'
import { Untold } from './untold.ts'

export interface ReplicaLineOptions {
  readonly redis: Redis
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds a call may wait for Redis. */
  readonly deadlineMs: () => number
}

const BEAT_MS = 1_000
const BEAT_SOON_MS = 100
const REJOIN_MS = 250
/** A replica that is not back by then is gone: nobody tries for longer than ten seconds to reach Redis again. */
const MOST_WAITED_MS = 15_000
const REJOIN_AFTER_REFUSAL_MS = 60_000
/** After so long nobody waits for what a replica has to tell: the others go by what the database says. */
const FORGOTTEN_MS = 9 * 60_000
const MOST_RETOLD = 100
const NOTHING = { tokens: 0, input: 0, output: 0 }

/**
 * One replica's side of the limits it shares through one Redis: asks, tells, keeps its lease, and knows what Redis was
 * not told. Messages travel in order.
 */
export class ReplicaLine implements SettleListener {
  /** How many were heard of last. */
  replicas = 1
  readonly #options: ReplicaLineOptions
  readonly #messages: LineMessages
  readonly #open = new Set<SharedReservation>()
  readonly #untold = new Untold()
  readonly #unanswered = new Unanswered()
  readonly #known = new Acquaintance()
  readonly #stopUp: () => void
  #mark: string | undefined
  #awaySince: number | undefined
  /** Until then it is waited for the replicas that were there before the break; 0: for nobody. */
  #waitsUntil = 0
  #expected = 1
  #joined = false
  #joining = false
  #isLate = false
  #isBeating = false
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: ReplicaLineOptions) {
    this.#options = options
    this.#messages = new LineMessages(options.redis)
    this.#stopUp = options.redis.onUp(() => void this.#join())
    this.#beatAfter(BEAT_MS)
  }

  /** False while a call should not wait for Redis, or Redis does not know yet what all have used. */
  isPrompt(): boolean {
    return this.#joined && !this.#isLate && this.#waitsUntil === 0
  }

  /** Asks for a claim. Rejects when Redis cannot tell; undefined when it does not know this replica (any more). */
  async ask(claim: Claim, held: readonly SubjectCounters[]): Promise<Verdict | undefined> {
    try {
      const verdict = readVerdict(await this.#messages.reserve(claim.subjects, held, claim, 0))
      if (verdict === undefined) this.#lost()
      return verdict
    } catch (error) {
      this.#lost()
      throw error
    }
  }

  /** Nobody waits for Redis until it answers in time again. */
  noteLate(): void {
    if (this.#isLate) return
    this.#isLate = true
    this.#beatAfter(BEAT_SOON_MS)
  }

  /** Takes in an answer that came in time. */
  learn(subjects: readonly LimitSubject[], held: readonly SubjectCounters[], verdict: Verdict): void {
    this.replicas = verdict.replicas
    this.#known.learn(subjects, held, verdict, this.#options.now())
  }

  /** A call has begun; what it took is told, unless Redis knows, or is being asked. */
  began(reservation: SharedReservation): void {
    this.#open.add(reservation)
    if (reservation.state === 'untold') this.#tellBegun(reservation)
  }

  /** It was in doubt whether Redis counted a call that was let in. */
  resolved(reservation: SharedReservation, verdict: Verdict | undefined): void {
    if (verdict?.granted) {
      reservation.state = 'told'
      reservation.second = verdict.second
    } else {
      reservation.state = 'untold'
      this.#tellBegun(reservation)
    }
    if (reservation.outcome !== undefined) this.settled(reservation, reservation.outcome)
  }

  /** Redis counted a call that was not let in. */
  cancel(claim: Claim, held: readonly SubjectCounters[], { second }: Verdict): void {
    if (!this.#joined) return
    const amounts = tokensOf(claim)
    const holds = held.map((counters, i) => {
      const { budget, tokens, input, output } = counters
      const taken = tokensToTake(claim.subjects[i] as LimitSubject, amounts)
      return { counters, taken, budget, tokens, input, output }
    })
    this.#tellSettled({ claim, holds }, second, { used: NOTHING, nanoUsd: 0 }, -1)
  }

  settled(reservation: SharedReservation, outcome: Outcome): void {
    this.#open.delete(reservation)
    if (reservation.state === 'doubt') reservation.outcome = outcome
    else if (reservation.state === 'told' && this.#joined)
      this.#tellSettled(reservation.memory, reservation.second, outcome, 0)
    else this.#untold.settled(reservation, outcome, this.#options.now())
  }

  close(): void {
    this.#closed = true
    this.#joined = false
    this.#stopUp()
    clearTimeout(this.#timer)
    // Without a goodbye the lease ends by itself.
    if (this.#options.redis.isConnected()) void this.#messages.leave().catch(() => {})
  }

  #tellBegun(reservation: SharedReservation): void {
    if (!this.#joined) return this.#untold.began(reservation)
    reservation.state = 'told'
    const { claim, holds } = reservation.memory
    const held = holds.map(hold => hold.counters)
    this.#messages.reserve(claim.subjects, held, claim, 1).then(
      reply => {
        if (readVerdict(reply) === undefined) this.#lost()
      },
      () => {
        this.#untold.began(reservation)
        this.#lost()
      },
    )
  }

  #tellSettled(taken: Taken, second: number, outcome: Outcome, requests: number): void {
    const { nanoUsd } = outcome
    const spends = taken.holds.flatMap(({ counters, budget }) =>
      budget === undefined || nanoUsd === 0 ? [] : [{ counters, nanoUsd, resetAt: budget.resetAt }],
    )
    const number = this.#unanswered.add(spends)
    this.#messages.settle(taken, second, outcome, requests, number).then(
      reply => {
        this.#unanswered.answered(number)
        const totals = reply as readonly number[]
        taken.holds.forEach(({ budget }, i) => {
          const resetAt = totals[i * 2 + 1]
          budget?.learnTotal(totals[i * 2] ?? 0, resetAt === 0 ? undefined : resetAt)
        })
      },
      () => this.#lost(),
    )
  }

  /** What was sent may or may not have arrived: it is found out when Redis is back. */
  #lost(): void {
    if (!this.#joined || this.#closed) return
    this.#leave()
    this.#joinAfter(REJOIN_MS)
  }

  #leave(): void {
    if (!this.#joined) return
    this.#joined = false
    this.#awaySince = this.#options.now()
    this.#expected = this.replicas
  }

  #joinAfter(ms: number): void {
    if (!this.#closed) setTimeout(() => void this.#join(), ms).unref()
  }

  async #join(): Promise<void> {
    if (this.#joining || this.#closed || !this.#options.redis.isConnected()) return
    this.#joining = true
    this.#leave()
    try {
      await this.#enter(randomBytes(6).toString('hex'))
    } catch (error) {
      this.#joined = false
      const { code, cause } = error as { code?: unknown; cause?: Error }
      const isRefused = code === 'redis_error' && !isPassing(error)
      if (isRefused) this.#options.log.error({ reason: cause?.message }, 'Redis refuses to count limits')
      this.#joinAfter(isRefused ? REJOIN_AFTER_REFUSAL_MS : REJOIN_MS)
    } finally {
      this.#joining = false
    }
  }

  /** Gives this replica a new name, and tells what it holds and what it used while it was away. */
  async #enter(name: string): Promise<void> {
    const { last, mark } = await this.#messages.join(name)
    const isForgotten = this.#options.now() - (this.#awaySince ?? Infinity) > FORGOTTEN_MS
    const isDataLost = mark !== this.#mark || isForgotten
    const missed = this.#unanswered.takeAfter(last)
    if (!isDataLost) for (const spend of missed) this.#untold.spend(spend)
    this.#messages.name = name
    if (this.#mark !== undefined && this.#expected > 1) this.#waitForOthers()
    this.#mark = mark
    this.#awaySince = undefined
    // From here on everything is sent after what is told now.
    const retold = allToTell({
      second: Math.floor(this.#options.now() / 1000),
      open: this.#open,
      untold: this.#untold,
      known: isDataLost ? this.#known.counters : undefined,
    })
    this.#joined = true
    this.#isLate = false
    const sent: Promise<unknown>[] = []
    for (let from = 0; from < retold.length; from += MOST_RETOLD) {
      const chunk = retold.slice(from, from + MOST_RETOLD)
      const number = this.#unanswered.add(
        chunk.map(({ counters, nanoUsd }) => ({ counters, nanoUsd, resetAt: counters.budget?.resetAt })),
      )
      const told = this.#messages.retell(chunk, isDataLost, number)
      sent.push(told.then(() => this.#unanswered.answered(number)))
    }
    await Promise.all(sent)
  }

  /** The others may have a break behind them too, and much to tell: until they did, shares hold. */
  #waitForOthers(): void {
    this.#waitsUntil = this.#options.now() + MOST_WAITED_MS
    this.#beatAfter(BEAT_SOON_MS)
  }

  #beatAfter(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      const soon = () => this.#isLate || this.#waitsUntil > 0
      void this.#beat().finally(() => this.#beatAfter(soon() ? BEAT_SOON_MS : BEAT_MS))
    }, ms)
    this.#timer.unref()
  }

  async #beat(): Promise<void> {
    if (!this.#joined || this.#isBeating) return
    this.#isBeating = true
    try {
      const { deadlineMs } = this.#options
      const { answer, isLate } = await timed(this.#messages.beat(), deadlineMs(), () => this.noteLate())
      const { replicas, heard } = answer
      if (replicas < 0) return this.#lost()
      if (isLate) return
      this.#isLate = false
      if (heard >= this.#expected || this.#options.now() >= this.#waitsUntil) this.#waitsUntil = 0
      this.replicas = this.#waitsUntil === 0 ? replicas : Math.max(replicas, this.#expected)
      await this.#lookAgain()
    } catch {
      this.#lost()
    } finally {
      this.#isBeating = false
    }
  }

  /** Keeps shares fresh where others may have used what was left. */
  async #lookAgain(): Promise<void> {
    const now = this.#options.now()
    const { subjects, held } = this.#known.stale(now)
    if (held.length === 0) return
    const asked = this.#messages.reserve(subjects, held, { now, tokens: 0, nanoUsd: 0 }, 2)
    const { answer, isLate } = await timed(asked, this.#options.deadlineMs(), () => this.noteLate())
    const verdict = readVerdict(answer)
    if (verdict === undefined) return this.#lost()
    if (isLate) return
    this.#known.refresh(subjects, held, verdict, now)
  }
}
