import type { ZonedCalendar } from 'sluice/internal'
import { BoundedMap } from '../bounded-map.ts'
import type { LimitSubject, SubjectKind } from '../limiter.ts'
import { isPart, partName, SubjectCounters } from './subject-counters.ts'

/** Idle entries looked at each time a new one arrives, so that memory follows use. */
const SWEEP = 4

/**
 * The counters of this process. Each kind of subject keeps `most`; at the bound the least recently used one without
 * calls in flight is forgotten: its rate window starts empty and its budget again from what the database has recorded.
 */
export class CounterStore {
  readonly #kinds = new Map<SubjectKind, BoundedMap<SubjectCounters>>()
  readonly #most: number
  readonly #calendar: ZonedCalendar

  constructor(calendar: ZonedCalendar, most = 200_000) {
    this.#calendar = calendar
    this.#most = most
  }

  /** The counters of every subject, made where they are missing and brought up to date. */
  prepared(subjects: readonly LimitSubject[], now: number): SubjectCounters[] {
    const held = new Array<SubjectCounters>(subjects.length)
    for (let i = 0; i < subjects.length; i++) {
      const subject = subjects[i] as LimitSubject
      const whole = this.#whole(subject, now)
      const entry = isPart(subject) ? whole.part(subject) : whole
      entry.prepare(subject, now, this.#calendar)
      held[i] = entry
    }
    return held
  }

  find(subject: Pick<LimitSubject, 'kind' | 'id' | 'model' | 'window'>): SubjectCounters | undefined {
    const whole = this.#kinds.get(subject.kind)?.get(subject.id)
    return isPart(subject) ? whole?.parts?.get(partName(subject)) : whole
  }

  /** Drops all counters of a subject. */
  forget(kind: SubjectKind, id: string): void {
    this.#kinds.get(kind)?.delete(id)
  }

  *values(): Iterable<SubjectCounters> {
    for (const map of this.#kinds.values()) {
      for (const whole of map.values()) {
        yield whole
        if (whole.parts !== undefined) yield* whole.parts.values()
      }
    }
  }

  #whole(subject: LimitSubject, now: number): SubjectCounters {
    const map = this.#map(subject.kind)
    let whole = map.get(subject.id)
    if (whole === undefined) {
      map.sweep(SWEEP, idle => idle.shrink(now))
      whole = new SubjectCounters({ kind: subject.kind, id: subject.id })
      map.set(subject.id, whole)
    }
    return whole
  }

  #map(kind: SubjectKind): BoundedMap<SubjectCounters> {
    let map = this.#kinds.get(kind)
    if (map === undefined) {
      map = new BoundedMap({ most: this.#most, mayEvict: entry => entry.isIdle() })
      this.#kinds.set(kind, map)
    }
    return map
  }
}
