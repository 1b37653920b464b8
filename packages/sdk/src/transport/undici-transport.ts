import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import { abortedError } from './deadline.ts'
import type { OpenReplyHandler } from './open-reply.ts'
import { createOpenReply } from './open-reply.ts'
import type { ExchangeLimits, OpenReply, Transport, WholeReply } from './transport.ts'
import { createWholeReply } from './whole-reply.ts'

export interface TransportOptions {
  /** Most sockets per origin. */
  readonly connections?: number
  /** Milliseconds an idle socket is kept. */
  readonly keepAliveMs?: number
  readonly connectTimeoutMs?: number
  /** Resolves names for sockets, instead of the system. */
  readonly lookup?: LookupFunction
}

/**
 * HTTP/1.1 over undici's dispatcher: no web streams, no `fetch`, one promise per exchange.
 * Timeouts are ours (one timer per call), so undici's own are off.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const agent = new Agent({
    connections: options.connections ?? 1024,
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs ?? 60_000,
    keepAliveMaxTimeout: 600_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.connectTimeoutMs ?? 10_000,
      ...(options.lookup && { lookup: options.lookup }),
    },
  })
  return {
    exchange: (request, limits) =>
      new Promise<WholeReply>((resolve, reject) => {
        if (limits.signal?.aborted) reject(abortedError(limits.signal))
        else dispatch(agent, request, createWholeReply(limits, resolve, reject))
      }),
    open: (request, limits) =>
      new Promise<OpenReply>((resolve, reject) => {
        if (limits.signal?.aborted) reject(abortedError(limits.signal))
        else dispatch(agent, request, createOpenReply(limits, resolve, reject))
      }),
    close: () => agent.destroy(),
  }
}

function dispatch(agent: Agent, request: OutgoingRequest, handler: OpenReplyHandler): void {
  const { origin, path } = splitUrl(request.url)
  const options: Dispatcher.DispatchOptions = {
    origin,
    path,
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
  }
  try {
    agent.dispatch(options, handler)
  } catch (error) {
    handler.onResponseError(undefined, error as Error)
  }
}

/** Origin and path of an absolute URL; cheaper than `new URL`, which parses what we have already checked. */
function splitUrl(url: string): { origin: string; path: string } {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  return slash === -1 ? { origin: url, path: '/' } : { origin: url.slice(0, slash), path: url.slice(slash) }
}

export type { ExchangeLimits }
