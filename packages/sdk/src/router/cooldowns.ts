import type { SluiceError } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'

export interface CooldownSettings {
  /** Failures within a minute that are forgiven. */
  readonly allowedFails: number
  /** Milliseconds a deployment rests. */
  readonly cooldownMs: number
  readonly disabled: boolean
}

const WINDOW_MS = 60_000

/** Failures that say "not this deployment, not now" at once. */
const IMMEDIATE = new Set(['rate_limit', 'insufficient_quota', 'authentication', 'permission', 'not_found'])

/** Remembers which deployments failed lately. One process; bounded by the number of deployments. */
export class Cooldowns {
  private readonly failures = new Map<string, { count: number; windowStart: number }>()
  private readonly until = new Map<string, number>()
  private readonly settings: CooldownSettings

  constructor(settings: CooldownSettings) {
    this.settings = settings
  }

  /** Milliseconds since the epoch when `deployment` may serve again; 0 when it may now. */
  restsUntil(deployment: Deployment, now: number): number {
    const until = this.until.get(deployment.id)
    if (until === undefined) return 0
    if (until > now) return until
    this.until.delete(deployment.id)
    return 0
  }

  failed(deployment: Deployment, error: SluiceError, now: number): void {
    if (this.settings.disabled || !countsAgainst(error)) return
    const rest = deployment.cooldownMs ?? this.settings.cooldownMs
    if (rest <= 0) return
    if (IMMEDIATE.has(error.kind)) return this.rest(deployment, now + Math.max(rest, error.retryAfterMs ?? 0))
    let window = this.failures.get(deployment.id)
    if (window === undefined || now - window.windowStart > WINDOW_MS)
      this.failures.set(deployment.id, (window = { count: 0, windowStart: now }))
    window.count++
    if (window.count > this.settings.allowedFails) this.rest(deployment, now + rest)
  }

  succeeded(deployment: Deployment): void {
    if (this.failures.size > 0) this.failures.delete(deployment.id)
  }

  private rest(deployment: Deployment, until: number): void {
    this.until.set(deployment.id, until)
    this.failures.delete(deployment.id)
  }
}

/** The caller's own mistakes and hang-ups say nothing about a deployment. */
function countsAgainst(error: SluiceError): boolean {
  return error.retryable || IMMEDIATE.has(error.kind)
}
