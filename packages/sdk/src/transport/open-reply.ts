import type { Dispatcher } from 'undici'
import { createError } from '../errors.ts'
import { connectionError } from './connection-error.ts'
import { abortedError, Deadline } from './deadline.ts'
import { flattenHeaders } from './headers.ts'
import type { ExchangeLimits, OpenReply } from './transport.ts'

type Controller = Dispatcher.DispatchController
type RawHeaders = Record<string, string | string[] | undefined>

/** Undici's dispatch handler, with every method we rely on required. */
export interface OpenReplyHandler {
  onRequestStart(controller: Controller): void
  onResponseStart(controller: Controller, status: number, headers: RawHeaders): void
  onResponseData(controller: Controller, bytes: Buffer): void
  onResponseEnd(): void
  onResponseError(controller: Controller | undefined, error: Error): void
}

/** A dispatch handler whose reply is handed over at the head and pumped afterwards. */
export function createOpenReply(
  limits: ExchangeLimits,
  resolve: (reply: OpenReply) => void,
  reject: (error: Error) => void,
): OpenReplyHandler {
  return new PumpedReply(limits, resolve, reject)
}

type Push = (bytes: Buffer) => void | Promise<void>

class PumpedReply implements OpenReplyHandler, OpenReply {
  status = 0
  headers: Record<string, string> = {}
  private readonly limits: ExchangeLimits
  private readonly opened: (reply: OpenReply) => void
  private readonly refused: (error: Error) => void
  private readonly deadline: Deadline
  private controller: Controller | undefined
  private early: Buffer[] = []
  private push: Push | undefined
  private outcome: { error: Error | undefined } | undefined
  private settle: ((error: Error | undefined) => void) | undefined
  private headSeen = false
  private held = false

  constructor(limits: ExchangeLimits, opened: (reply: OpenReply) => void, refused: (error: Error) => void) {
    this.limits = limits
    this.opened = opened
    this.refused = refused
    this.deadline = new Deadline(
      limits,
      reason => this.stop(reason),
      () => this.controller?.paused === true,
    )
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller
    if (this.outcome) controller.abort(this.outcome.error ?? abortedError())
  }

  onResponseStart(_controller: Controller, status: number, headers: RawHeaders): void {
    this.status = status
    this.headers = flattenHeaders(headers)
    this.headSeen = true
    this.deadline.headArrived()
    this.opened(this)
  }

  onResponseData(controller: Controller, bytes: Buffer): void {
    // Undici hands over an empty read when it resumes: delivered to a reader that makes it wait, it would never end.
    if (this.outcome || bytes.length === 0) return
    this.deadline.refresh()
    if (this.push === undefined || this.held) {
      this.early.push(bytes)
      controller.pause()
    } else this.deliver(bytes)
  }

  onResponseEnd(): void {
    this.finish(undefined)
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.finish(connectionError(error, this.headSeen))
  }

  pump(push: Push): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = error => (error ? reject(error) : resolve())
      this.push = push
      this.drain()
    })
  }

  async collect(): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    await this.pump(bytes => {
      size += bytes.length
      if (size > this.limits.maxBytes)
        throw createError({
          kind: 'bad_gateway',
          message: `The provider's answer exceeds ${this.limits.maxBytes} bytes.`,
        })
      chunks.push(bytes)
    })
    return Buffer.concat(chunks, size)
  }

  abort(): void {
    this.stop(abortedError())
  }

  /** Hands over what waited, then lets the socket run. */
  private drain(): void {
    this.held = false
    while (this.early.length > 0 && !this.held) this.deliver(this.early.shift() as Buffer)
    if (this.held) return
    if (this.outcome) this.settle?.(this.outcome.error)
    else if (this.controller?.paused) {
      this.deadline.refresh()
      this.controller.resume()
    }
  }

  private deliver(bytes: Buffer): void {
    try {
      const wait = this.push?.(bytes)
      if (wait === undefined) return
      this.held = true
      this.controller?.pause()
      wait.then(
        () => this.drain(),
        (error: Error) => this.stop(error),
      )
    } catch (error) {
      this.stop(error as Error)
    }
  }

  /** We end it: wrong bytes, a deadline, the caller. */
  private stop(error: Error): void {
    if (this.outcome?.error) return
    this.early = []
    // Whoever pumps hears of it at once, even while its last push is pending or has failed.
    this.held = false
    this.finish(error)
    this.controller?.abort(error)
  }

  private finish(error: Error | undefined): void {
    this.deadline.clear()
    if (this.outcome) return
    this.outcome = { error }
    if (!this.headSeen) this.refused(error ?? connectionError(undefined))
    else if (this.early.length === 0 && !this.held) this.settle?.(error)
  }
}
