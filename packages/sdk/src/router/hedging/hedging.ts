import { endpoints } from '../../endpoints/registry.ts'
import type { Reply } from '../../steps/reply.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Attempts } from '../attempt/attempts.ts'
import type { Ticket } from '../load/ticket.ts'
import type { RoutingHost } from '../route.ts'
import type { Visit } from '../visit.ts'
import type { HedgingSettings } from './hedge-state.ts'
import { race } from './race.ts'

/** Answers of a group that must be known before its percentile means something. */
const LEAST_KNOWN = 20

/** Makes attempts; where the first is slower than most answers, a second one beside it. The loser is cancelled. */
export class Hedging {
  private readonly attempts: Attempts
  private readonly settings: HedgingSettings | undefined
  private readonly host: RoutingHost

  constructor(attempts: Attempts, settings: HedgingSettings | undefined, host: RoutingHost) {
    this.attempts = attempts
    this.settings = settings
    this.host = host
  }

  /** `spare`: a place at another deployment right now; undefined when there is none. */
  async make<E extends EndpointName>(
    ticket: Ticket,
    visit: Visit<E>,
    waitedMs: number,
    spare: () => Ticket | undefined,
  ): Promise<Reply<E>> {
    const { settings, attempts } = this
    const state = visit.hedges
    if (
      !settings ||
      !state ||
      visit.trip.route.isMirror ||
      !endpoints[visit.trip.route.endpoint].isRepeatable
    )
      return attempts.make(ticket, visit, { waitedMs })
    state.budget.called()
    const durations = visit.isStream ? state.stream : state.whole
    const reply = await race(ticket, visit, {
      make: (taken, options) => attempts.make(taken, visit, { waitedMs, ...options }),
      delayMs: durations.percentile(settings.percentile, LEAST_KNOWN),
      spare: () => {
        if (!state.budget.hasRoom || !this.isCheapEnough(visit)) return undefined
        const taken = spare()
        if (taken) state.budget.take()
        return taken
      },
    })
    durations.add(this.host.now() - ticket.startedAt)
    return reply
  }

  /** By the dearest deployment of the group, whichever is chosen. Without a known price nothing is. */
  private isCheapEnough<E extends EndpointName>(visit: Visit<E>): boolean {
    const most = this.settings?.maxCostUsd
    if (most === undefined) return true
    const spending = visit.spendingAt(this.host.now())
    return visit.candidates.every(candidate => {
      const worst = spending.worstCase(candidate)
      return worst !== undefined && worst <= most * 1e9
    })
  }
}
