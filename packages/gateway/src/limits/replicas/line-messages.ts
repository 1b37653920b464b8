import type { Redis, RedisReply, RedisScript } from '../../redis/redis.ts'
import { counterName } from '../counters/counter-name.ts'
import type { SubjectCounters } from '../counters/subject-counters.ts'
import { tokensOf, tokensToTake } from '../counters/token-amounts.ts'
import type { Claim, LimitSubject } from '../limiter.ts'
import type { MemoryReservation } from '../memory-reservation.ts'
import { askWords } from './counter-words.ts'
import { BEAT, JOIN, RETELL, SETTLE } from './limit-scripts.ts'
import { RESERVE } from './reserve-script.ts'
import { type RetoldCounter, retoldWords } from './retold-words.ts'
import { settleWords } from './settle-words.ts'
import type { Outcome } from './shared-reservation.ts'

/** Calls in flight of a replica that says nothing for so long are over. */
export const LEASE_MS = 10_000
/** Work that nobody waits for; a connection that is silent ends before. */
const PATIENCE_MS = 15_000

/** Of all keys; the number changes with what they hold. */
const PLACE = ['{limits}', '2'] as const

/** What one call took. */
export type Taken = Pick<MemoryReservation, 'claim' | 'holds'>

/**
 * How one replica speaks to Redis of limits. All keys share the hash tag `{limits}`, so that one script may touch any of
 * them in a cluster.
 */
export class LineMessages {
  /** The name under which Redis knows what this replica holds; a new one after every break. */
  name = ''
  readonly #redis: Redis
  readonly #held: string
  readonly #replicas: string

  constructor(redis: Redis) {
    this.#redis = redis
    this.#held = redis.key(...PLACE, 'held', '')
    this.#replicas = redis.key(...PLACE, 'replicas')
  }

  /** Mode 0 takes from all or from none, 1 in any case, 2 only looks. */
  reserve(
    subjects: readonly LimitSubject[],
    held: readonly SubjectCounters[],
    claim: Pick<Claim, 'now' | 'tokens' | 'inputTokens' | 'nanoUsd' | 'tokenType'>,
    mode: 0 | 1 | 2,
  ): Promise<RedisReply> {
    const amounts = tokensOf(claim)
    const words = held.map((counters, i) => {
      const subject = subjects[i] as LimitSubject
      return askWords(subject, counters, tokensToTake(subject, amounts), claim.now)
    })
    const ask = [this.#held, this.name, LEASE_MS, mode, claim.nanoUsd ?? -1, words]
    return this.#eval(RESERVE, [this.#replicas, ...this.#keys(held)], ask)
  }

  /** `taken`: Redis's second of the reservation. `requests`: to give back, negative. */
  settle({ claim, holds }: Taken, taken: number, outcome: Outcome, requests: number, number: number) {
    const words = holds.map((hold, i) =>
      settleWords(claim.subjects[i] as LimitSubject, hold, outcome, claim.nanoUsd ?? 0, requests),
    )
    const ask = [this.#held, this.name, number, outcome.nanoUsd, taken, words]
    const held = holds.map(hold => hold.counters)
    return this.#eval(SETTLE, [this.#said(this.name), ...this.#keys(held)], ask)
  }

  retell(chunk: readonly RetoldCounter[], isDataLost: boolean, number: number): Promise<RedisReply> {
    const ask = [this.#held, this.name, number, LEASE_MS, isDataLost ? 1 : 0, chunk.map(retoldWords)]
    const keys = this.#keys(chunk.map(each => each.counters))
    return this.#eval(RETELL, [this.#said(this.name), ...keys], ask)
  }

  /** Gives the number of the last message under the old name that was taken in, and the mark of the data. */
  async join(name: string): Promise<{ readonly last: number; readonly mark: string }> {
    const options = { timeoutMs: PATIENCE_MS }
    // So that no script has to be sent whole later, out of turn.
    for (const { source } of [RESERVE, SETTLE, JOIN, RETELL, BEAT]) {
      await this.#redis.command(['SCRIPT', 'LOAD', source], { ...options, key: this.#replicas })
    }
    const keys = [this.#replicas, this.#redis.key(...PLACE, 'mark'), this.#said(this.name)] as const
    const args = [this.#held, name, this.name]
    const reply = await this.#redis.evalScript(JOIN, [...keys], args, options)
    const [last, mark = ''] = (reply as readonly unknown[]).map(String)
    return { last: Number(last), mark }
  }

  /** How many replicas there are (-1: the lease of this one has ended), and how many were heard just now. */
  async beat(): Promise<{ readonly replicas: number; readonly heard: number }> {
    const args = [this.#held, this.name, LEASE_MS]
    const reply = await this.#redis.evalScript(BEAT, [this.#replicas], args, { timeoutMs: PATIENCE_MS })
    const [replicas = -1, heard = 0] = reply as readonly number[]
    return { replicas, heard }
  }

  /** Goodbye. Rejects while Redis is away: the lease ends by itself. */
  async leave(): Promise<void> {
    await this.#redis.command(['ZREM', this.#replicas, this.name], { timeoutMs: PATIENCE_MS })
  }

  #eval(script: RedisScript, keys: [string, ...string[]], ask: unknown): Promise<RedisReply> {
    return this.#redis.evalScript(script, keys, [JSON.stringify(ask)], { timeoutMs: PATIENCE_MS })
  }

  #keys(held: readonly SubjectCounters[]): string[] {
    return held.map(counters => this.#redis.key(...PLACE, counterName(counters)))
  }

  #said(name: string): string {
    return this.#redis.key(...PLACE, 'said', name)
  }
}
