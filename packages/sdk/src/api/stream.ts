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
  let finish: (facts: Facts) => void
  const result = new Promise<Facts>(resolve => {
    finish = resolve
  })
  async function* iterate(): AsyncGenerator<Event> {
    let over: { readonly error: unknown } | undefined
    let waiting: readonly Event[] | undefined
    let wake: (() => void) | undefined
    let release: (() => void) | undefined
    pump(events => {
      waiting = events
      wake?.()
      return new Promise(resolve => {
        release = resolve
      })
    }).then(
      () => end(undefined),
      (error: unknown) => end(error),
    )
    function end(error: unknown) {
      over = { error }
      wake?.()
    }
    try {
      for (;;) {
        if (waiting) {
          const events = waiting
          waiting = undefined
          yield* events
          release?.()
        } else if (over) {
          if (over.error !== undefined) throw over.error
          return
        } else
          await new Promise<void>(resolve => {
            wake = resolve
          })
      }
    } finally {
      if (!over) abort()
      finish(close(over?.error))
    }
  }
  const events = iterate()
  return { [Symbol.asyncIterator]: () => events, abort, result }
}
