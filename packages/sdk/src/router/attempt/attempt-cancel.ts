import type { CancelSignal } from '../../types/cancel-signal.ts'

/** The signal of one attempt: fires with the caller's, when it is aborted, or when another attempt has won. */
export class AttemptCancel implements CancelSignal {
  aborted = false
  reason: unknown
  /** It was cancelled because another attempt answered first. */
  lost = false
  private readonly caller: CancelSignal | undefined
  private readonly listeners = new Set<() => void>()

  constructor(caller: CancelSignal | undefined) {
    this.caller = caller
    if (caller?.aborted) this.aborted = true
    else caller?.addEventListener('abort', this.abort)
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener)
  }

  lose(): void {
    if (this.aborted) return
    this.lost = true
    this.abort()
  }

  /** The attempt is over: a caller's signal that lives longer must not keep it. */
  release(): void {
    this.caller?.removeEventListener('abort', this.abort)
  }

  readonly abort = () => {
    if (this.aborted) return
    this.aborted = true
    this.reason = this.caller?.reason
    this.release()
    for (const listener of [...this.listeners]) listener()
    this.listeners.clear()
  }
}
