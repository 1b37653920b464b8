import type { Reply } from '../../steps/reply.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import { AttemptCancel } from '../attempt/attempt-cancel.ts'
import type { AttemptOptions } from '../attempt/attempt-options.ts'
import type { Ticket } from '../load/ticket.ts'
import type { Visit } from '../visit.ts'

export interface RaceRules<E extends EndpointName> {
  make(ticket: Ticket, options: Pick<AttemptOptions, 'cancel' | 'hedge'>): Promise<Reply<E>>
  /** Milliseconds until a second attempt may begin; undefined: never. */
  readonly delayMs: number | undefined
  spare(): Ticket | undefined
}

/**
 * The first answer of one attempt or, after a while, of two. The other is cancelled, and charged for its prompt. Fails
 * when nobody is left to answer, or at once where the request itself is at fault.
 */
export function race<E extends EndpointName>(
  first: Ticket,
  visit: Visit<E>,
  { make, delayMs, spare }: RaceRules<E>,
): Promise<Reply<E>> {
  const { signal, route } = visit.trip
  const running = new Set<AttemptCancel>()
  let over = false
  return new Promise((resolve, reject) => {
    const finish = () => {
      over = true
      clearTimeout(timer)
      for (const cancel of running) cancel.lose()
    }
    const run = (ticket: Ticket, hedge: boolean) => {
      const cancel = new AttemptCancel(signal)
      running.add(cancel)
      make(ticket, { cancel, hedge }).then(
        reply => {
          running.delete(cancel)
          // Both answered at the same time: the second answer is nobody's.
          if (over) return 'abort' in reply ? reply.abort() : undefined
          finish()
          route.record.deployment = ticket.candidate.deployment
          return resolve(reply)
        },
        (error: unknown) => {
          running.delete(cancel)
          if (over || (running.size > 0 && !visit.isHopeless(error))) return
          finish()
          reject(error as Error)
        },
      )
    }
    const hedge = () => {
      try {
        const ticket = spare()
        if (ticket === undefined) return
        visit.alsoTried(ticket.candidate)
        run(ticket, true)
      } catch (error) {
        // Thrown out of a timer it would end the process.
        finish()
        reject(error as Error)
      }
    }
    const timer = delayMs === undefined ? undefined : setTimeout(hedge, delayMs)
    run(first, false)
  })
}
