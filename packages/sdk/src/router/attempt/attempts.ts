import { type Call, call } from '../../call.ts'
import { createError, SluiceError } from '../../errors.ts'
import type { Reply } from '../../steps/reply.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import { type Candidate, trackOf } from '../candidate.ts'
import { Circuits } from '../circuit/circuits.ts'
import type { Ticket } from '../load/ticket.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { Visit, VisitHost } from '../visit.ts'
import { AttemptNote } from './attempt-note.ts'
import type { AttemptOptions } from './attempt-options.ts'
import { type AttemptTimes, isCallersHaste, timesOf } from './timeouts.ts'
import { watchReply } from './watch-reply.ts'

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
    const { route, deadline } = visit.trip
    const { startedAt, candidate } = ticket
    const { cancel, hedge } = options
    if (!hedge) visit.begins()
    const note = new AttemptNote(ticket, visit, options)
    const times = timesOf(route, candidate.deployment, settings, deadline - startedAt)
    try {
      const reply = await this.ask(ticket, visit, times, { cancel, begun: meter => note.begun(meter) })
      note.answered(reply.meter)
      this.answered(ticket, reply)
      visit.affinity?.answered(ticket.candidate, host.now())
      return watchReply(reply, (meter, error) => {
        if (error instanceof SluiceError) {
          this.failed(ticket, error, times)
          note.broke(error)
          note.rests(host.now())
        }
        note.close(ticket, host.now(), meter.usage?.total_tokens)
        cancel?.release()
      })
    } catch (error) {
      if (cancel?.lost) {
        note.cancelled()
        trackOf(candidate, times.stream).peak.observeAtLeast(host.now() - startedAt, host.now())
      } else note.failed(error)
      if (error instanceof SluiceError) {
        this.failed(ticket, error, times)
        note.rests(host.now())
      }
      note.close(ticket, host.now(), undefined)
      cancel?.release()
      throw error
    } finally {
      note.end(host.now() - startedAt)
    }
  }

  private ask<E extends EndpointName>(
    { candidate: { deployment }, startedAt: now }: Ticket,
    { trip: { route, signal }, asked }: Visit<E>,
    { timeoutMs, limits }: AttemptTimes,
    { cancel, begun }: Pick<AttemptOptions, 'cancel'> & Pick<Call<E>, 'begun'>,
  ): Promise<Reply<E>> {
    if (timeoutMs <= 0) throw createError({ kind: 'timeout', message: 'The time for this call is used up.' })
    const how = { now, deployment: laidOver(deployment, route.overrides), signal: cancel ?? signal }
    return call({ ...route, ...limits, ...asked, ...how, begun }, this.with.host)
  }

  private answered<E extends EndpointName>(ticket: Ticket, { kind, meter }: Reply<E>): void {
    const now = this.with.host.now()
    const { startedAt, candidate } = ticket
    this.circuits.succeeded(candidate, startedAt, now)
    ticket.answered()
    const durationMs = now - startedAt
    const stream = kind === 'stream' || kind === 'relay-stream'
    const outcome: Outcome = {
      now,
      durationMs,
      stream,
      completionTokens: meter.usage?.completion_tokens,
    }
    this.observe(candidate, outcome)
  }

  private failed(ticket: Ticket, error: SluiceError, times: AttemptTimes): void {
    const { candidate, startedAt } = ticket
    const now = this.with.host.now()
    const durationMs = now - startedAt
    const callersHaste = isCallersHaste(error, durationMs, times)
    this.circuits.failed(candidate, { error, startedAt, now, callersHaste })
    if (!error.retryable || callersHaste) return
    candidate.load.outcomes.failures++
    const failure = error.kind === 'timeout' ? 'timeout' : 'other'
    this.observe(candidate, { now, durationMs, stream: times.stream, failure })
  }

  private observe(candidate: Candidate, outcome: Outcome): void {
    trackOf(candidate, outcome.stream).observe(outcome)
    this.with.strategies.of(candidate.deployment.group).observe?.(candidate, outcome)
  }
}

/** The very same deployment where nothing is laid over it: its price is remembered by it. */
function laidOver(deployment: Deployment, overrides: Partial<Deployment> | undefined): Deployment {
  return overrides ? { ...deployment, ...overrides } : deployment
}
