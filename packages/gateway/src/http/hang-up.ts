import type { ServerResponse } from 'node:http'
import type { CancelSignal } from 'sluice/internal'

/** Fires when the client closes the connection before its answer was whole. Cheaper than an `AbortController`. */
export class HangUp implements CancelSignal {
  aborted = false
  private readonly listeners = new Set<() => void>()

  constructor(response: ServerResponse) {
    response.on('close', () => {
      if (response.writableFinished) return
      this.aborted = true
      for (const listener of this.listeners) listener()
      this.listeners.clear()
    })
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener)
  }
}
