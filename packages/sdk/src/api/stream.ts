import type { Push } from '../transport/prime.ts'

/** What `for await` reads: one stream, once. Leaving the loop early aborts the upstream call. */
export interface Stream<Event, Facts = unknown> extends AsyncIterable<Event> {
  /** Stops the upstream call at once. */
  abort(): void
  /** Usage, cost and warnings; resolves when the stream is over, however it ended. */
  readonly result: Promise<Facts>
}

/** A pump as an async iterator: one array per network read waits at most, the socket pauses meanwhile. */
export function streamOf<Event, Facts>(
  pump: (push: Push<readonly Event[]>) => Promise<void>,
  abort: () => void,
  close: (error: unknown) => Facts,
): Stream<Event, Facts> {
  const { promise: result, resolve: finish } = Promise.withResolvers<Facts>()
  async function* iterate(): AsyncGenerator<Event> {
    const handover = new Handover<Event>()
    const pumped = pump(events => handover.put(events))
    pumped.then(
      () => handover.end(undefined),
      (error: unknown) => handover.end(error),
    )
    try {
      for (;;) {
        const events = handover.take()
        if (events) {
          yield* events
          handover.release()
        } else if (handover.over) return await pumped
        else await handover.change()
      }
    } finally {
      if (!handover.over) abort()
      finish(close(handover.over?.error))
    }
  }
  const events = iterate()
  return { [Symbol.asyncIterator]: () => events, abort, result }
}

/** Where a pump leaves one array of events at a time and waits until its reader has used it up. */
class Handover<Event> {
  over: { readonly error: unknown } | undefined
  private waiting: readonly Event[] | undefined
  private wake: (() => void) | undefined
  private used: (() => void) | undefined

  put(events: readonly Event[]): Promise<void> {
    this.waiting = events
    this.wake?.()
    return new Promise(resolve => {
      this.used = resolve
    })
  }

  end(error: unknown): void {
    this.over = { error }
    this.wake?.()
  }

  take(): readonly Event[] | undefined {
    const events = this.waiting
    this.waiting = undefined
    return events
  }

  release(): void {
    this.used?.()
  }

  /** Resolves at the next `put` or `end`. */
  change(): Promise<void> {
    return new Promise(resolve => {
      this.wake = resolve
    })
  }
}
