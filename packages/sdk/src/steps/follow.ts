import type { FollowUp, WireReply } from '../codecs/codec.ts'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import { createError, SluiceError } from '../errors.ts'
import type { Transport, WholeReply } from '../transport/transport.ts'
import { wait } from '../transport/wait.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { refusal } from './refusal.ts'
import { parseReply } from './reply.ts'
import type { CallHost, Prepared } from './shapes.ts'
import { sign } from './sign.ts'

/** The longest that tidying up may keep an answer waiting, milliseconds. */
const LONGEST_TIDYING_MS = 5_000
type Exchange = Transport['exchange']

const UNANSWERED: WireReply = { status: 0, headers: {}, body: undefined }

/**
 * Goes on asking until the reply is the answer: jobs that are polled, results that lie elsewhere. Every request is
 * signed anew; a host that is not the provider's own hears no credentials, and must be public. The call's timeout bounds
 * the whole.
 */
export async function follow<E extends EndpointName>(
  prepared: Prepared<E>,
  first: WholeReply,
  host: CallHost,
): Promise<WireReply> {
  const { codec, info, limits, request } = prepared
  const { upstream } = codec
  const clock = performance.now()
  let reply = wireReply(prepared, first)
  if (upstream.follow === undefined) return reply
  const replies = [reply]
  let url = prepared.outgoing.url
  for (let step = 0; ; step++) {
    const next = upstream.follow(reply, request, info, step, url, replies)
    if (next === undefined) return upstream.gather ? { ...reply, body: upstream.gather(replies) } : reply
    await wait(next.afterMs, limits.signal)
    const timeoutMs = Math.floor(limits.timeoutMs - (performance.now() - clock))
    const { outgoing, exchange } = await signed(prepared, next, host)
    url = outgoing.url
    const ask = next.isOptional ? tried : answered
    reply = await ask(prepared, outgoing, timeoutMs, exchange)
    if (upstream.gather) replies.push(reply)
  }
}

/** Throws what the provider refuses, and when the time is over. */
async function answered<E extends EndpointName>(
  prepared: Prepared<E>,
  outgoing: OutgoingRequest,
  timeoutMs: number,
  exchange: Exchange,
): Promise<WireReply> {
  if (timeoutMs <= 0)
    throw createError({ kind: 'timeout', message: 'The job did not end within the time for this call.' })
  const answer = await exchange(outgoing, { ...prepared.limits, timeoutMs })
  if (answer.status >= 400) throw refusal(prepared, answer, answer.body)
  return wireReply(prepared, answer)
}

/** Asks for what nothing hangs on: a paid answer is not lost by it. */
async function tried<E extends EndpointName>(
  { limits }: Prepared<E>,
  outgoing: OutgoingRequest,
  timeoutMs: number,
  exchange: Exchange,
): Promise<WireReply> {
  if (timeoutMs <= 0) return UNANSWERED
  try {
    const { status, headers } = await exchange(outgoing, {
      ...limits,
      timeoutMs: Math.min(timeoutMs, LONGEST_TIDYING_MS),
    })
    return { status, headers, body: undefined }
  } catch (error) {
    if (error instanceof SluiceError && error.kind !== 'aborted') return UNANSWERED
    throw error
  }
}

function wireReply<E extends EndpointName>(prepared: Prepared<E>, reply: WholeReply): WireReply {
  return { status: reply.status, headers: reply.headers, body: parseReply(prepared.codec, reply) }
}

async function signed<E extends EndpointName>(
  prepared: Prepared<E>,
  next: FollowUp,
  host: CallHost,
): Promise<{ outgoing: OutgoingRequest; exchange: Exchange }> {
  const { provider, outgoing } = prepared
  const base = new URL(outgoing.url)
  const url = new URL(next.url, base)
  const own =
    url.origin === base.origin ||
    (url.protocol === 'https:' && provider.followHosts?.some(suffix => endsWithHost(url.hostname, suffix)))
  if (!own && url.protocol !== 'https:')
    throw createError({
      kind: 'bad_gateway',
      message: "The provider's answer lies at an address that is not encrypted.",
    })
  const request: OutgoingRequest = {
    method: next.method,
    url: url.href,
    headers: {
      ...(next.body && { 'content-type': 'application/json' }),
      'user-agent': outgoing.headers['user-agent'] ?? '',
      ...next.headers,
    },
    ...(next.body && { body: JSON.stringify(next.body) }),
  }
  // Whatever a reply names is no way into the operator's own network (CVE-2026-8768).
  if (!own) return { outgoing: request, exchange: host.media.exchange }
  await sign(prepared, request, host)
  return { outgoing: request, exchange: host.transport.exchange }
}

function endsWithHost(host: string, suffix: string): boolean {
  return host === suffix || host.endsWith(`.${suffix}`)
}
