import type { CancelSignal } from 'sluice/internal'

/** Fires when an answer is wanted no longer: at the client's hang-up, or once it has been waited for in vain. */
export class Departure implements CancelSignal {
  aborted = false
  private readonly listeners = new Set<() => void>()

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener)
  }

  readonly fire = (): void => {
    if (this.aborted) return
    this.aborted = true
    for (const listener of this.listeners) listener()
    this.listeners.clear()
  }
}
