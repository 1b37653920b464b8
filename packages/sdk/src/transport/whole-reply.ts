import type { Dispatcher } from 'undici'
import { createError } from '../errors.ts'
import { connectionError } from './connection-error.ts'
import { Deadline } from './deadline.ts'
import { flattenHeaders } from './headers.ts'
import type { OpenReplyHandler } from './open-reply.ts'
import type { ExchangeLimits, WholeReply } from './transport.ts'

/** A dispatch handler that collects the reply and settles the promise exactly once. */
export function createWholeReply(
  limits: ExchangeLimits,
  resolve: (reply: WholeReply) => void,
  reject: (error: Error) => void,
): OpenReplyHandler {
  let controller: Dispatcher.DispatchController | undefined
  let status = 0
  let headers: Record<string, string> = {}
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let size = 0
  let stopped: Error | undefined
  const stop = (reason: Error) => {
    if (stopped) return
    stopped = reason
    controller?.abort(reason)
    reject(reason)
  }
  const deadline = new Deadline(limits, stop)
  return {
    onRequestStart(started) {
      controller = started
      if (stopped) started.abort(stopped)
    },
    onResponseStart(_controller, statusCode, raw) {
      status = statusCode
      headers = flattenHeaders(raw)
      deadline.headArrived()
    },
    onResponseData(_controller, bytes) {
      deadline.refresh()
      size += bytes.length
      if (size > limits.maxBytes) {
        deadline.clear()
        stop(
          createError({
            kind: 'bad_gateway',
            message: `The provider's answer exceeds ${limits.maxBytes} bytes.`,
          }),
        )
        return
      }
      if (first === undefined) first = bytes
      else if (rest === undefined) rest = [first, bytes]
      else rest.push(bytes)
    },
    onResponseEnd() {
      deadline.clear()
      if (stopped) return
      resolve({ status, headers, body: rest ? Buffer.concat(rest, size) : (first ?? EMPTY) })
    },
    onResponseError(_controller, error) {
      deadline.clear()
      if (!stopped) reject(connectionError(error))
    },
  }
}

const EMPTY = Buffer.alloc(0)
