import { chargedCost, chargedUsage } from '../../callbacks/charge.ts'
import { SluiceError } from '../../errors.ts'
import { chargeOf } from '../../models/sums.ts'
import type { Attempt } from '../../types/call-record.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Meter } from '../../types/meter.ts'
import type { RouteAttempt } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import type { Ticket } from '../load/ticket.ts'
import type { Visit } from '../visit.ts'
import type { AttemptOptions } from './attempt-options.ts'

/** What record and receipt say of one attempt. */
export class AttemptNote<E extends EndpointName> {
  private readonly attempt: Attempt
  private readonly listed: RouteAttempt
  private readonly visit: Visit<E>
  private readonly candidate: Candidate
  /** Of a stream of which there is no output yet. */
  private seen: Meter | undefined

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

  /** Its stream has begun: the provider has read the prompt. */
  begun(meter: Meter): void {
    this.seen = meter
  }

  /** It was sent, and another answered first: what the provider read is charged, as far as can be known. */
  cancelled(): void {
    this.attempt.meter = this.seen ?? { textLength: 0 }
    this.listed.cancelled = true
  }

  /** Charges budgets with what it brought, as the call's record will be, and closes the ticket. */
  close(ticket: Ticket, now: number, tokens: number | undefined): void {
    const { meter } = this.attempt
    const { hold, candidate } = ticket
    if (hold && meter) {
      const { trip, ask, factsOf, termsOf } = this.visit
      const usage = chargedUsage(meter, { promptTokens: ask.inputTokens() })
      const cost = chargedCost(usage, meter, candidate.deployment, trip.route.record, factsOf, termsOf)
      this.attempt.budgetSpends = hold.settle(chargeOf(cost))
    }
    ticket.close(now, tokens)
  }

  failed(error: unknown): void {
    const told = error instanceof Error ? error : new Error(String(error))
    this.attempt.error = told
    this.listed.error = told.name
    // Whoever leaves while an answer begins pays for it; what a provider broke off before its first output is free.
    if (error instanceof SluiceError && error.kind === 'aborted') this.attempt.meter ??= this.seen
    if (!(error instanceof SluiceError) || error.provider === undefined) return
    this.attempt.status = error.status
    this.listed.status = error.status
  }

  /** Its answer broke off; a caller who left says nothing about it. */
  broke(error: SluiceError): void {
    this.visit.broke(this.candidate)
    if (error.kind !== 'aborted') this.failed(error)
  }

  /** How long its deployment is left alone now. */
  rests(now: number): void {
    const { state, credential } = this.candidate
    const restMs = Math.max(state.circuit.waitMs(now), credential.circuit.waitMs(now))
    if (restMs > 0) this.listed.restMs = restMs
  }

  end(durationMs: number): void {
    this.attempt.durationMs = durationMs
    this.listed.durationMs = durationMs
    // A hedge runs beside another attempt: its time has been waited for already.
    if (!this.listed.hedge) this.visit.trip.route.record.upstreamMs += durationMs
  }
}
