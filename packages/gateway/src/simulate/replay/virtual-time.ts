/** Work that is due at a time; of several due at once, what was planned first goes first. */
interface Planned {
  readonly at: number
  readonly order: number
  work: (() => void) | undefined
}

/** What the process goes by in virtual time, and what it must be given back. */
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  performanceNow: performance.now.bind(performance),
}

/**
 * A clock that stands still until it is told to go on, then jumps to what is due next. While it is in force the
 * process's `setTimeout` and `performance.now` are its own, so that whatever the router waits for is waited for in it.
 */
export class VirtualTime {
  private time: number
  private planned = 0
  private readonly startedAt: number
  private readonly heap = new Heap()

  /** `start`: milliseconds since the epoch. */
  constructor(start: number) {
    this.time = start
    this.startedAt = start
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.time

  /** Runs `work` when the clock shows `at`. Answers with what takes it back. */
  at(at: number, work: () => void): () => void {
    const planned: Planned = { at: Math.max(at, this.time), order: this.planned++, work }
    this.heap.push(planned)
    return () => {
      if (planned.work === undefined) return
      planned.work = undefined
      this.heap.dropped++
    }
  }

  /** Lets time pass until `at`, doing what is due on the way. */
  async advanceTo(at: number): Promise<void> {
    for (let next = this.heap.pop(at); next; next = this.heap.pop(at)) await this.do(next)
    this.time = Math.max(this.time, at)
  }

  /** Lets time pass until the promise settles. It may wait for timers only, and for nothing of the outside world. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const watched = promise.finally(() => {
      settled = true
    })
    watched.catch(() => {})
    for (await this.settle(); !settled; ) {
      const next = this.heap.pop(Number.POSITIVE_INFINITY)
      if (next) await this.do(next)
      else await this.settle()
    }
    return watched
  }

  /** Resolves when everything that needs no time has happened. */
  settle(): Promise<void> {
    return new Promise(resolve => void real.setImmediate(resolve))
  }

  /** Puts the process's timers in this time; the function that comes back makes them real again. */
  install(): () => void {
    const later = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      new VirtualTimer(this, () => work(...args), ms)
    globalThis.setTimeout = later as unknown as typeof setTimeout
    globalThis.clearTimeout = (timer => {
      if (timer instanceof VirtualTimer) timer.cancel()
      else real.clearTimeout(timer)
    }) as typeof clearTimeout
    performance.now = () => this.time - this.startedAt
    return () => {
      globalThis.setTimeout = real.setTimeout
      globalThis.clearTimeout = real.clearTimeout
      performance.now = real.performanceNow
    }
  }

  private async do({ at, work }: Planned): Promise<void> {
    this.time = Math.max(this.time, at)
    work?.()
    await this.settle()
  }
}

/** Runs `scene` in virtual time until its promise settles. Timers of the process are real again afterwards. */
export async function inVirtualTime<T>(start: number, scene: (time: VirtualTime) => Promise<T>): Promise<T> {
  const time = new VirtualTime(start)
  const restore = time.install()
  try {
    return await scene(time)
  } finally {
    restore()
  }
}

/** What `setTimeout` answers with, as far as Node's own can do it. */
class VirtualTimer {
  private readonly time: VirtualTime
  private readonly work: () => void
  private readonly ms: number
  private takeBack: () => void

  constructor(time: VirtualTime, work: () => void, ms: number) {
    this.time = time
    this.work = work
    this.ms = Math.max(0, ms)
    this.takeBack = time.at(time.now() + this.ms, work)
  }

  cancel(): void {
    this.takeBack()
  }

  refresh(): this {
    this.takeBack()
    this.takeBack = this.time.at(this.time.now() + this.ms, this.work)
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }
}

/** The smallest first. What was taken back is forgotten once it is half of all there is. */
class Heap {
  dropped = 0
  private items: Planned[] = []

  push(item: Planned): void {
    const { items } = this
    if (this.dropped > 1000 && this.dropped > items.length / 2) this.sweep()
    let index = this.items.push(item) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      if (!isBefore(item, this.items[above] as Planned)) break
      this.items[index] = this.items[above] as Planned
      index = above
    }
    this.items[index] = item
  }

  /** What is due next, if it is by `until`. */
  pop(until: number): Planned | undefined {
    for (;;) {
      const first = this.items[0]
      if (first === undefined || first.at > until) return undefined
      this.removeFirst()
      if (first.work) return first
      this.dropped--
    }
  }

  private removeFirst(): void {
    const { items } = this
    const last = items.pop() as Planned
    if (items.length === 0) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= items.length) break
      const right = below + 1
      if (right < items.length && isBefore(items[right] as Planned, items[below] as Planned)) below = right
      if (!isBefore(items[below] as Planned, last)) break
      items[index] = items[below] as Planned
      index = below
    }
    items[index] = last
  }

  private sweep(): void {
    this.dropped = 0
    this.items = this.items.filter(({ work }) => work).sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
