import type { LimitSubject, Reservation } from '../../packages/gateway/src/limits/limiter.ts'
import { redisSettings } from '../redis/redis-place.ts'
import { claim, ended, type Replica, startReplica, tried } from './replica.ts'

/** Nano-dollars. */
export const BUDGET = 60_000
export const WORST = 1_000
export const SLOTS = 12

interface OpenCall {
  readonly replica: Replica
  readonly reservation: Reservation
  readonly worst: number
}

/** Replicas that share a key's budget and its slots, with what has truly been spent of it. */
export class World {
  readonly replicas: Replica[] = []
  /** What may be spent by the documented bound: grows with every break. */
  bound = BUDGET + WORST
  /** What has been spent, whoever knows of it. */
  spent = 0
  /** Milliseconds a call waits for Redis. On a busy machine also a Redis that is well is slower than in production. */
  patienceMs = 1_000
  mostAtOnce = 0
  highest = 0
  private readonly open: OpenCall[] = []
  /** What the database knows. */
  private written = 0
  /** What was taken when each replica heard last. */
  private readonly heard = new Map<Replica, number>()
  private readonly settings: ReturnType<typeof redisSettings>
  private readonly random: () => number

  private readonly atEnd: (work: () => Promise<void>) => void

  constructor(port: number, random: () => number, atEnd: (work: () => Promise<void>) => void) {
    this.settings = redisSettings(port)
    this.random = random
    this.atEnd = atEnd
  }

  /** Spent, and what calls in flight may still spend. */
  get taken(): number {
    return this.spent + this.open.reduce((sum, { worst }) => sum + worst, 0)
  }

  async join(): Promise<Replica> {
    const replica = await startReplica(this.settings, () => this.patienceMs, this.atEnd)
    this.replicas.push(replica)
    this.heard.set(replica, this.written)
    return replica
  }

  /** A call comes in somewhere. */
  async begin(): Promise<void> {
    const replica = this.replicas[Math.floor(this.random() * this.replicas.length)] as Replica
    const worst = 1 + Math.floor(this.random() * WORST)
    const before = this.taken
    const reservation = await tried(replica, claim([this.key()], { nanoUsd: worst, now: Date.now() }))
    if (replica.limiter.isShared()) this.heard.set(replica, before)
    if (reservation === undefined) return
    // Its process died meanwhile.
    if (!this.replicas.includes(replica)) return
    this.open.push({ replica, reservation, worst })
    this.mostAtOnce = Math.max(this.mostAtOnce, this.open.length)
    this.highest = Math.max(this.highest, this.taken - this.bound)
  }

  /** A call ends: answered, cut or failed. */
  async end(): Promise<void> {
    const [call] = this.open.splice(Math.floor(this.random() * this.open.length), 1)
    if (call === undefined) return
    const nanoUsd = this.random() < 0.2 ? 0 : Math.floor(call.worst * this.random())
    this.spent += nanoUsd
    await call.reservation.settle(ended({ nanoUsd, status: nanoUsd === 0 ? 'failure' : 'success' }))
  }

  async endAll(): Promise<void> {
    while (this.open.length > 0) await this.end()
  }

  /** The journal reaches the database. */
  write(): void {
    this.written = this.spent
  }

  /** A process is killed: what it had in flight is over, and nobody tells. */
  async kill(): Promise<void> {
    const [replica] = this.replicas.splice(Math.floor(this.random() * this.replicas.length), 1)
    if (replica === undefined) return
    for (let at = this.open.length - 1; at >= 0; at--)
      if (this.open[at]?.replica === replica) this.open.splice(at, 1)
    this.heard.delete(replica)
    await replica.kill()
  }

  /** All lose Redis at once: each has its share of what it knew to be left, and one call to use it up. */
  noteBreak(): void {
    const count = this.replicas.length
    for (const replica of this.replicas) {
      const missed = this.taken - (this.heard.get(replica) ?? this.written)
      this.bound += WORST + Math.max(0, missed) / count
    }
  }

  key(): LimitSubject {
    return {
      ...{ kind: 'key', id: 'k', label: 'k', maxParallelRequests: SLOTS },
      budget: { maxNanoUsd: BUDGET, spentNanoUsd: this.written },
    }
  }
}
