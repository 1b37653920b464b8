/** How a log's time is cut into stretches. */
export interface Stretches {
  /** Milliseconds since the epoch. */
  readonly from: number
  /** Milliseconds of one. */
  readonly width: number
}

/** At most so many stretches for a whole log, none shorter than `leastMs`. */
export function stretchesOf(from: number, to: number, most: number, leastMs: number): Stretches {
  return { from, width: Math.max(leastMs, Math.ceil((to - from + 1) / most)) }
}

/** What was seen in each stretch of time; stretches in which nothing was seen take no room. */
export class Timeline<T> {
  private readonly stretches: Stretches
  private readonly create: () => T
  private readonly seen = new Map<number, T>()

  constructor(stretches: Stretches, create: () => T) {
    this.stretches = stretches
    this.create = create
  }

  /** The stretch that `at` lies in. */
  at(at: number): T {
    const index = this.indexOf(at)
    let found = this.seen.get(index)
    if (found === undefined) this.seen.set(index, (found = this.create()))
    return found
  }

  /** Stretches around `at`, the nearest first, until `isEnough` or they are `withinMs` away. */
  around(at: number, withinMs: number, isEnough: (found: readonly T[]) => boolean): readonly T[] {
    const index = this.indexOf(at)
    const reach = Math.max(1, Math.floor(withinMs / this.stretches.width))
    const found: T[] = []
    for (let away = 0; away <= reach; away++) {
      const before = this.seen.get(index - away)
      const after = away === 0 ? undefined : this.seen.get(index + away)
      if (before !== undefined) found.push(before)
      if (after !== undefined) found.push(after)
      if ((before !== undefined || after !== undefined) && isEnough(found)) break
    }
    return found
  }

  private indexOf(at: number): number {
    return Math.floor((at - this.stretches.from) / this.stretches.width)
  }
}
