import type { Dispatcher } from 'undici'
import { createError } from '../errors.ts'
import { connectionError } from './connection-error.ts'
import { Deadline } from './deadline.ts'
import { flattenHeaders } from './headers.ts'
import type { OpenReplyHandler } from './open-reply.ts'
import type { ExchangeLimits, WholeReply } from './transport.ts'

type Controller = Dispatcher.DispatchController
type RawHeaders = Record<string, string | string[] | undefined>

/** A dispatch handler that collects the reply and settles the promise exactly once. */
export function createWholeReply(
  limits: ExchangeLimits,
  resolve: (reply: WholeReply) => void,
  reject: (error: Error) => void,
): OpenReplyHandler {
  return new CollectedReply(limits, resolve, reject)
}

class CollectedReply implements OpenReplyHandler {
  private readonly maxBytes: number
  private readonly resolve: (reply: WholeReply) => void
  private readonly reject: (error: Error) => void
  private readonly deadline: Deadline
  private controller: Controller | undefined
  private status = 0
  private headers: Record<string, string> = {}
  private first: Buffer | undefined
  private rest: Buffer[] | undefined
  private size = 0
  private stopped: Error | undefined

  constructor(limits: ExchangeLimits, resolve: (reply: WholeReply) => void, reject: (error: Error) => void) {
    this.maxBytes = limits.maxBytes
    this.resolve = resolve
    this.reject = reject
    this.deadline = new Deadline(limits, reason => this.stop(reason))
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller
    if (this.stopped) controller.abort(this.stopped)
  }

  onResponseStart(_controller: Controller, status: number, headers: RawHeaders): void {
    this.status = status
    this.headers = flattenHeaders(headers)
    this.deadline.headArrived()
  }

  onResponseData(_controller: Controller, bytes: Buffer): void {
    this.deadline.refresh()
    this.size += bytes.length
    if (this.size > this.maxBytes) this.refuse()
    // Most replies are one chunk, which is then the body itself.
    else if (this.first === undefined) this.first = bytes
    else if (this.rest === undefined) this.rest = [this.first, bytes]
    else this.rest.push(bytes)
  }

  onResponseEnd(): void {
    this.deadline.clear()
    if (this.stopped) return
    const body = this.rest ? Buffer.concat(this.rest, this.size) : (this.first ?? EMPTY)
    this.resolve({ status: this.status, headers: this.headers, body })
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.deadline.clear()
    if (!this.stopped) this.reject(connectionError(error, this.status !== 0))
  }

  private refuse(): void {
    this.deadline.clear()
    this.stop(
      createError({
        kind: 'bad_gateway',
        message: `The provider's answer exceeds ${this.maxBytes} bytes.`,
      }),
    )
  }

  /** We end it: too many bytes, a deadline, the caller. */
  private stop(reason: Error): void {
    if (this.stopped) return
    this.stopped = reason
    this.controller?.abort(reason)
    this.reject(reason)
  }
}

const EMPTY = Buffer.alloc(0)
