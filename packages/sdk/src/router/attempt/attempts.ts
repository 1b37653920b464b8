import { call } from '../../call.ts'
import { createError, SluiceError } from '../../errors.ts'
import type { Reply } from '../../steps/reply.ts'
import type { Attempt } from '../../types/call-record.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Meter } from '../../types/meter.ts'
import type { RouteAttempt } from '../../types/route-receipt.ts'
import { type Candidate, trackOf } from '../candidate.ts'
import { Circuits } from '../circuit/circuits.ts'
import type { AttemptCancel } from '../hedging/attempt-cancel.ts'
import type { Ticket } from '../load/ticket.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { Visit, VisitHost } from '../visit.ts'
import { type AttemptTimes, isCallersHaste, timesOf } from './timeouts.ts'
import { watchReply } from './watch-reply.ts'

/** How one attempt is made. */
export interface AttemptOptions {
  /** Milliseconds the call waited before it. */
  readonly waitedMs: number
  /** Ends it when another attempt answers first. */
  readonly cancel?: AttemptCancel | undefined
  /** It is the second of two at the same time. */
  readonly hedge?: boolean | undefined
}

/** Makes attempts, and tells circuits, strategy, receipt and record how each of them went. */
export class Attempts {
  private readonly circuits: Circuits
  private readonly with: VisitHost

  constructor(surroundings: VisitHost) {
    this.with = surroundings
    this.circuits = new Circuits(surroundings.settings)
  }

  /** One call of the ticket's deployment. The ticket is closed with its last byte, or its error. */
  async make<E extends EndpointName>(
    ticket: Ticket,
    visit: Visit<E>,
    options: AttemptOptions,
  ): Promise<Reply<E>> {
    const { host, settings } = this.with
    const { route, deadline, signal } = visit.trip
    const { startedAt, candidate } = ticket
    const { cancel, hedge } = options
    if (!hedge) visit.begins()
    const note = new AttemptNote(ticket, visit, options)
    const times = timesOf(route, candidate.deployment, settings, deadline - startedAt)
    try {
      if (times.timeoutMs <= 0)
        throw createError({ kind: 'timeout', message: 'The time for this call is used up.' })
      const reply = await call(
        {
          ...route,
          ...times.limits,
          ...visit.asked,
          deployment: laidOver(candidate.deployment, route.overrides),
          now: startedAt,
          signal: cancel ?? signal,
        },
        host,
      )
      note.answered(reply.meter)
      this.answered(ticket, reply)
      visit.affinity?.answered(ticket.candidate, host.now())
      return watchReply(reply, (meter, error) => {
        if (error instanceof SluiceError) {
          this.failed(ticket, error, times)
          note.broke(error)
        }
        ticket.close(host.now(), meter.usage?.total_tokens)
        cancel?.release()
      })
    } catch (error) {
      if (cancel?.lost) {
        note.cancelled()
        trackOf(candidate, times.stream).peak.observeAtLeast(host.now() - startedAt, host.now())
      } else note.failed(error)
      if (error instanceof SluiceError) this.failed(ticket, error, times)
      ticket.close(host.now(), undefined)
      cancel?.release()
      throw error
    } finally {
      note.end(host.now() - startedAt)
    }
  }

  private answered<E extends EndpointName>(ticket: Ticket, { kind, meter }: Reply<E>): void {
    const { strategy, host } = this.with
    const now = host.now()
    const { startedAt, candidate } = ticket
    this.circuits.succeeded(candidate, startedAt)
    ticket.answered()
    const durationMs = now - startedAt
    const stream = kind === 'stream' || kind === 'relay-stream'
    const outcome: Outcome = {
      now,
      durationMs,
      stream,
      completionTokens: meter.usage?.completion_tokens,
    }
    trackOf(candidate, stream).observe(outcome)
    strategy.observe?.(candidate, outcome)
  }

  private failed(ticket: Ticket, error: SluiceError, times: AttemptTimes): void {
    const { strategy, host } = this.with
    const { candidate, startedAt } = ticket
    const now = host.now()
    const durationMs = now - startedAt
    const callersHaste = isCallersHaste(error, durationMs, times)
    this.circuits.failed(candidate, { error, startedAt, now, callersHaste })
    if (!error.retryable || callersHaste) return
    const failure = error.kind === 'timeout' ? 'timeout' : 'other'
    const outcome: Outcome = { now, durationMs, stream: times.stream, failure }
    trackOf(candidate, times.stream).observe(outcome)
    strategy.observe?.(candidate, outcome)
  }
}

/** The very same deployment where nothing is laid over it: its price is remembered by it. */
function laidOver(deployment: Deployment, overrides: Partial<Deployment> | undefined): Deployment {
  return overrides ? { ...deployment, ...overrides } : deployment
}

/** What record and receipt say of one attempt. */
class AttemptNote<E extends EndpointName> {
  private readonly attempt: Attempt
  private readonly listed: RouteAttempt
  private readonly visit: Visit<E>
  private readonly candidate: Candidate

  constructor(
    { candidate, startedAt, isProbe }: Ticket,
    visit: Visit<E>,
    { waitedMs, hedge }: AttemptOptions,
  ) {
    this.candidate = candidate
    const { id: deploymentId } = candidate.deployment
    const { record } = visit.trip.route
    this.visit = visit
    this.attempt = { deploymentId, deployment: candidate.deployment, startedAt, durationMs: 0 }
    this.listed = {
      deploymentId,
      durationMs: 0,
      ...(isProbe && { probe: true }),
      ...(!hedge && visit.affinity?.note && { affinity: visit.affinity.note }),
      ...(visit.trip.said !== undefined && { continues: true }),
      ...(hedge ? { hedge } : waitedMs > 0 && { waitedMs }),
    }
    record.attempts.push(this.attempt)
    record.deployment = candidate.deployment
    visit.receipt.attempts.push(this.listed)
  }

  answered(meter: Meter): void {
    this.attempt.meter = meter
  }

  /** It was sent, and another answered first: what the provider read is charged, as far as can be known. */
  cancelled(): void {
    this.attempt.meter = { textLength: 0 }
    this.listed.cancelled = true
  }

  failed(error: unknown): void {
    const told = error instanceof Error ? error : new Error(String(error))
    this.attempt.error = told
    this.listed.error = told.name
    if (!(error instanceof SluiceError) || error.provider === undefined) return
    this.attempt.status = error.status
    this.listed.status = error.status
  }

  /** Its answer broke off; a caller who left says nothing about it. */
  broke(error: SluiceError): void {
    this.visit.broke(this.candidate)
    if (error.kind !== 'aborted') this.failed(error)
  }

  end(durationMs: number): void {
    this.attempt.durationMs = durationMs
    this.listed.durationMs = durationMs
    // A hedge runs beside another attempt: its time has been waited for already.
    if (!this.listed.hedge) this.visit.trip.route.record.upstreamMs += durationMs
  }
}
