import { createError, type RoutingHost } from 'sluice/internal'
import type { VirtualTime } from './virtual-time.ts'

type Transport = RoutingHost['transport']
export type OutgoingRequest = Parameters<Transport['exchange']>[0]
type Limits = Parameters<Transport['exchange']>[1]
type OpenReply = Awaited<ReturnType<Transport['open']>>

/** What becomes of one request, milliseconds from its beginning. */
export type Fate =
  /** An answer, with the usage that its provider tells; its first token comes at `firstMs` when it is a stream. */
  | { readonly kind: 'answer'; readonly ms: number; readonly firstMs: number; readonly usage: object }
  /** An error with a status. */
  | { readonly kind: 'status'; readonly ms: number; readonly status: number; readonly code?: string }
  /** Nothing comes, or the connection breaks. */
  | { readonly kind: 'timeout' | 'connection'; readonly ms: number }
  /** A stream that begins and breaks off; an answer that is no stream breaks as a connection does. */
  | { readonly kind: 'broken'; readonly ms: number; readonly firstMs: number }

/** A provider without sockets: what becomes of each request is known in advance, and happens in virtual time. */
export function simulatedTransport(time: VirtualTime, fateOf: (request: OutgoingRequest) => Fate): Transport {
  return {
    exchange: (request, limits) =>
      inTime(time, limits, fateOf(request), 'whole', fate => {
        const { status, body } = wholeOf(fate)
        return { status, headers: {}, body }
      }),
    open: (request, limits) => {
      const fate = fateOf(request)
      const startedAt = time.now()
      return inTime(time, limits, fate, 'head', () => openReply(time, limits, fate, startedAt))
    },
    close: () => Promise.resolve(),
  }
}

/** Settles when the fate is due, or before that when a limit or the caller ends it. */
function inTime<T>(
  time: VirtualTime,
  limits: Limits,
  fate: Fate,
  until: 'whole' | 'head',
  answer: (fate: Fate) => T,
): Promise<T> {
  const begins = until === 'head' && (fate.kind === 'answer' || fate.kind === 'broken')
  const ms = begins ? fate.firstMs : fate.ms
  const limitMs =
    until === 'head' ? Math.min(limits.timeoutMs, limits.headTimeoutMs ?? limits.timeoutMs) : limits.timeoutMs
  const breaks = fate.kind === 'connection' || (fate.kind === 'broken' && !begins)
  return new Promise((resolve, reject) => {
    const stop = ending(time, limits, error => reject(error))
    stop.at(Math.min(ms, limitMs), () => {
      if (ms > limitMs || fate.kind === 'timeout') reject(failure('timeout'))
      else if (breaks) reject(failure('connection'))
      else resolve(answer(fate))
    })
  })
}

/** The body of a stream whose head has come. */
function openReply(time: VirtualTime, limits: Limits, fate: Fate, startedAt: number): OpenReply {
  let stop: ReturnType<typeof ending> | undefined
  let isAborted = false
  const pump = async (push: (bytes: Buffer) => void | Promise<void>) => {
    if (fate.kind === 'status') return push(wholeOf(fate).body)
    await push(FIRST_CHUNK)
    const spent = time.now() - startedAt
    const left = Math.min(fate.ms, limits.timeoutMs) - spent
    await new Promise<void>((resolve, reject) => {
      stop = ending(time, limits, reject)
      if (isAborted) return stop.abort()
      stop.at(Math.max(0, left), () => {
        if (fate.ms > limits.timeoutMs) reject(failure('timeout'))
        else if (fate.kind === 'broken') reject(failure('connection'))
        else resolve()
      })
    })
    return fate.kind === 'answer' ? push(lastChunks(fate.usage)) : undefined
  }
  return {
    status: fate.kind === 'status' ? fate.status : 200,
    headers: {},
    pump,
    collect: () => Promise.resolve(wholeOf(fate).body),
    abort: () => {
      isAborted = true
      stop?.abort()
    },
  }
}

/** One thing that is due, unless the caller hangs up before. */
function ending(time: VirtualTime, { signal }: Limits, reject: (error: Error) => void) {
  let takeBack = () => {}
  const abort = () => {
    takeBack()
    signal?.removeEventListener('abort', abort)
    reject(failure('aborted'))
  }
  if (signal?.aborted) reject(failure('aborted'))
  else signal?.addEventListener('abort', abort)
  return {
    abort,
    at(ms: number, work: () => void) {
      if (signal?.aborted) return
      takeBack = time.at(time.now() + ms, () => {
        signal?.removeEventListener('abort', abort)
        work()
      })
    },
  }
}

function failure(kind: 'timeout' | 'connection' | 'aborted'): Error {
  return createError({ kind, message: `The simulated provider: ${kind}.` })
}

function wholeOf(fate: Fate): { status: number; body: Buffer } {
  if (fate.kind === 'answer')
    return { status: 200, body: Buffer.from(JSON.stringify({ ...ANSWER, usage: fate.usage })) }
  const { status, code } = fate.kind === 'status' ? fate : { status: 500, code: undefined }
  const error = {
    message: `The simulated provider answers ${status}.`,
    type: 'simulated',
    code: code ?? null,
  }
  return { status, body: Buffer.from(JSON.stringify({ error })) }
}

const HEAD = { id: 'simulated', created: 1, model: 'simulated' } as const
const ANSWER = {
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: '.' }, finish_reason: 'stop' }],
} as const
const CHUNK = { ...HEAD, object: 'chat.completion.chunk' } as const
const FIRST_CHUNK = Buffer.from(
  sse({ ...CHUNK, choices: [{ index: 0, delta: { role: 'assistant', content: '.' }, finish_reason: null }] }),
)
const STOP = sse({ ...CHUNK, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })

function lastChunks(usage: object): Buffer {
  return Buffer.from(`${STOP}${sse({ ...CHUNK, choices: [], usage })}data: [DONE]\n\n`)
}

function sse(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
