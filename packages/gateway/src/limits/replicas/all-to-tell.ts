import { RATES, type SubjectCounters } from '../counters/subject-counters.ts'
import type { RetoldCounter } from './retold-words.ts'
import type { SharedReservation } from './shared-reservation.ts'
import type { Untold } from './untold.ts'

export interface RetoldFacts {
  /** Of this process's clock. */
  readonly second: number
  readonly open: Iterable<SharedReservation>
  readonly untold: Untold
  /** The counters in use, where Redis lost its data: all they hold is told again. */
  readonly known: Iterable<SubjectCounters> | undefined
}

/** Everything Redis has to know of a replica that was away; its open reservations count as told from here on. */
export function allToTell({ second, open, untold, known }: RetoldFacts): RetoldCounter[] {
  const told = new Map<SubjectCounters, { parallel: number; nanoUsd: number }>()
  const heldOf = (counters: SubjectCounters) => {
    let held = told.get(counters)
    if (held === undefined) told.set(counters, (held = { parallel: 0, nanoUsd: 0 }))
    return held
  }
  for (const counters of untold.counters) heldOf(counters)
  for (const counters of known ?? []) heldOf(counters)
  for (const reservation of open) {
    reservation.state = 'told'
    reservation.second = second
    const { claim, holds } = reservation.memory
    holds.forEach(({ counters, budget }, i) => {
      const held = heldOf(counters)
      const subject = claim.subjects[i]
      if (subject?.maxParallelRequests !== undefined) held.parallel++
      if (budget !== undefined && subject?.budget !== undefined) held.nanoUsd += claim.nanoUsd ?? 0
    })
  }
  return [...told].map(([counters, held]) => {
    const { nanoUsd, rates } = untold.take(counters, second)
    const used = known === undefined ? rates : RATES.map(rate => counters[rate]?.used(second) ?? 0)
    return { counters, held, nanoUsd, rates: used }
  })
}
