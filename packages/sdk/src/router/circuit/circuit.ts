import type { CircuitBoard } from './circuit-board.ts'

/** Longest rest of a deployment that keeps failing its probes, unless its own rest is longer. */
const LONGEST_REST_MS = 60_000

/**
 * Closed, open for a time, then half open: one request shows whether it is well again. A probe that fails opens it for
 * twice as long, up to a minute.
 */
export class Circuit {
  /** The error's name that opened it. */
  reason = ''
  private until = 0
  private openedAt = 0
  private restMs = 0
  private probing = false
  private readonly board: CircuitBoard

  constructor(board: CircuitBoard) {
    this.board = board
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
    this.until = now + this.restMs
    this.reason = reason
    this.board.changed()
  }

  /** A request that began after it was opened succeeded. */
  close(startedAt: number): void {
    if (this.until === 0 || startedAt < this.openedAt) return
    this.until = 0
    this.restMs = 0
    this.board.changed()
  }

  /** The next request is the probe, when one is due; true then. `endProbe` must follow. */
  beginProbe(now: number): boolean {
    if (this.phase(now) !== 'half-open' || this.probing) return false
    this.probing = true
    this.board.changed()
    return true
  }

  endProbe(): void {
    this.probing = false
    this.board.changed()
  }
}
