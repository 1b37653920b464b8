import type { CircuitBoard } from './circuit-board.ts'

/** Longest rest of a deployment that keeps failing its probes, unless its own rest is longer. */
const LONGEST_REST_MS = 60_000
/** Share of its rest by which a circuit must stay open longer than the others know. */
const LEAST_NEWS = 0.2

/**
 * Closed, open for a time, then half open: one request shows whether it is well again. A probe that fails opens it for
 * twice as long, up to a minute.
 */
export class Circuit {
  /** What it is called between replicas: a hash. */
  readonly key: string
  /** The error's name that opened it. */
  reason = ''
  /** When a request was last answered. */
  answeredAt = Number.NEGATIVE_INFINITY
  /** How often it was opened, by the error's name. */
  readonly openings = new Map<string, number>()
  private until = 0
  private openedAt = 0
  private restMs = 0
  /** Until when the other replicas know it to be open. */
  private toldUntil = 0
  private probing = false
  /** It is open for as long as the probe of another replica may take. */
  private isTriedElsewhere = false
  private readonly board: CircuitBoard

  constructor(board: CircuitBoard, key: string) {
    this.board = board
    this.key = key
  }

  get isClosed(): boolean {
    return this.until === 0
  }

  phase(now: number): 'closed' | 'open' | 'half-open' {
    if (this.until === 0) return 'closed'
    return now < this.until ? 'open' : 'half-open'
  }

  /** True when a request may go through now. */
  admits(now: number): boolean {
    return this.until === 0 || (now >= this.until && !this.probing)
  }

  /** Milliseconds until a request may go through; what a probe finds out may come sooner or later than that. */
  waitMs(now: number): number {
    if (this.until === 0) return 0
    return now < this.until ? this.until - now : this.probing ? this.restMs : 0
  }

  /** Opens it for `restMs`, or for longer when a probe failed. Failures of requests from before are old news. */
  open(restMs: number, reason: string, startedAt: number, now: number): void {
    const wasOpen = this.until !== 0
    if (wasOpen && startedAt < this.openedAt) return
    this.restMs = wasOpen
      ? Math.max(restMs, Math.min(this.restMs * 2, Math.max(LONGEST_REST_MS, restMs)))
      : restMs
    this.openedAt = now
    this.isTriedElsewhere = false
    this.until = now + this.restMs
    this.reason = reason
    this.openings.set(reason, (this.openings.get(reason) ?? 0) + 1)
    this.board.changed()
    this.tellOpened(now)
  }

  /** A request that began after it was opened succeeded. */
  close(startedAt: number, now: number): void {
    this.answeredAt = now
    if (this.until === 0 || startedAt < this.openedAt) return
    const restMs = Math.max(this.until - now, 0)
    this.hearClosed()
    this.board.teller?.closed(this, restMs)
  }

  /** Another replica opened it for `restMs`, and this one waits `extraMs` longer before it tries it out. */
  hearOpened(restMs: number, extraMs: number, reason: string, now: number): void {
    const until = now + restMs + extraMs
    if (until <= this.until && !this.isTriedElsewhere) return
    if (this.until === 0) this.openedAt = now
    this.until = until
    this.toldUntil = until
    this.isTriedElsewhere = false
    this.restMs = Math.max(this.restMs, restMs)
    this.reason = reason
    this.board.changed()
  }

  /** Another replica tries it out, and will tell how that went within `ms`. */
  hearProbe(ms: number, now: number): void {
    if (this.until === 0 || now + ms <= this.until) return
    this.until = now + ms
    this.isTriedElsewhere = true
    this.board.changed()
  }

  /** Another replica found it well. */
  hearClosed(): void {
    if (this.until === 0) return
    this.until = 0
    this.restMs = 0
    this.toldUntil = 0
    this.isTriedElsewhere = false
    this.board.changed()
  }

  /** The next request is the probe, when one is due; true then. `endProbe` must follow. */
  beginProbe(now: number): boolean {
    if (this.phase(now) !== 'half-open' || this.probing) return false
    this.probing = true
    this.board.changed()
    this.board.teller?.probed(this)
    return true
  }

  endProbe(): void {
    this.probing = false
    this.board.changed()
  }

  /** A little more of the same is no news: a deployment that is asked although it rests may fail often. */
  private tellOpened(now: number): void {
    const { teller } = this.board
    if (teller === undefined || this.until - this.toldUntil < this.restMs * LEAST_NEWS) return
    this.toldUntil = this.until
    teller.opened(this, this.until - now)
  }
}
