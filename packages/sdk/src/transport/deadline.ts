import { createError, type SluiceError } from '../errors.ts'
import type { CancelSignal } from '../types/cancel-signal.ts'
import type { ExchangeLimits } from './transport.ts'

/** Watches one exchange: total, head and idle time, and the caller's signal. Calls `stop` with the reason, once. */
export class Deadline {
  private total: NodeJS.Timeout | undefined
  private step: NodeJS.Timeout | undefined
  private readonly limits: ExchangeLimits
  private readonly stop: (reason: SluiceError) => void
  private readonly paused: () => boolean

  /** `paused`: we are not reading, so silence is not the provider's. */
  constructor(
    limits: ExchangeLimits,
    stop: (reason: SluiceError) => void,
    paused: () => boolean = () => false,
  ) {
    this.limits = limits
    this.stop = stop
    this.paused = paused
    this.total = setTimeout(this.onTotal, limits.timeoutMs)
    if (limits.headTimeoutMs !== undefined && limits.headTimeoutMs < limits.timeoutMs)
      this.step = setTimeout(this.onHead, limits.headTimeoutMs)
    limits.signal?.addEventListener('abort', this.onAbort)
  }

  /** The head arrived: from now on only the total and the idle time count. */
  headArrived(): void {
    clearTimeout(this.step)
    this.step =
      this.limits.idleTimeoutMs === undefined ? undefined : setTimeout(this.onIdle, this.limits.idleTimeoutMs)
  }

  /** Bytes arrived, or reading goes on after a pause. */
  refresh(): void {
    this.step?.refresh()
  }

  clear(): void {
    clearTimeout(this.total)
    clearTimeout(this.step)
    this.limits.signal?.removeEventListener('abort', this.onAbort)
  }

  private readonly onTotal = () => this.fire(timeout(`no complete answer after ${this.limits.timeoutMs} ms`))
  private readonly onHead = () => this.fire(timeout(`no answer after ${this.limits.headTimeoutMs} ms`))
  private readonly onIdle = () => {
    if (this.paused()) this.refresh()
    else this.fire(timeout(`no data for ${this.limits.idleTimeoutMs} ms`))
  }
  private readonly onAbort = () => this.fire(abortedError(this.limits.signal))

  private fire(reason: SluiceError): void {
    this.clear()
    this.stop(reason)
  }
}

/** What a caller who aborts gets; the signal's reason is its cause. */
export function abortedError(signal?: CancelSignal): SluiceError {
  return createError({ kind: 'aborted', message: 'The call was aborted.', cause: signal?.reason })
}

function timeout(what: string): SluiceError {
  return createError({ kind: 'timeout', message: `The provider timed out: ${what}.` })
}
