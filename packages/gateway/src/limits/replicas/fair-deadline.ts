/** A timer that fires later than this was kept from it by this process itself. */
const BUSY_MS = 4
/** So often a busy process gives the other side its time again. */
const MOST_AGAIN = 5

/**
 * Calls `onLate` unless it is cancelled within `ms` milliseconds of the other side's time: while this process itself was
 * too busy to send or to listen, the other side was not late. Gives the function that cancels.
 */
export function fairDeadline(ms: number, onLate: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const arm = (again: number) => {
    const began = performance.now()
    timer = setTimeout(() => {
      const wasBusy = performance.now() - began > ms + BUSY_MS
      if (wasBusy && again > 0) return arm(again - 1)
      // What has arrived meanwhile is heard first.
      setImmediate(() => {
        if (!isOver) onLate()
      })
    }, ms)
  }
  arm(MOST_AGAIN)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** Waits for an answer however long it takes, and says whether it was late; `onLate` is called when it is. */
export async function timed<T>(
  asked: Promise<T>,
  ms: number,
  onLate: () => void,
): Promise<{ readonly answer: T; readonly isLate: boolean }> {
  let isLate = false
  const cancel = fairDeadline(ms, () => {
    isLate = true
    onLate()
  })
  try {
    const answer = await asked
    return { answer, isLate }
  } finally {
    cancel()
  }
}
