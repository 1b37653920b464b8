import type { FollowUp, WireReply } from '../codecs/codec.ts'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import { createError } from '../errors.ts'
import type { WholeReply } from '../transport/transport.ts'
import { wait } from '../transport/wait.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { refusal } from './refusal.ts'
import { parseReply } from './reply.ts'
import type { CallHost, Prepared } from './shapes.ts'

/**
 * Goes on asking until the reply is the answer: jobs that are polled, results that lie elsewhere. Every request is
 * signed anew; a host that is not the provider's own hears no credentials. The call's timeout bounds the whole.
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
    if (timeoutMs <= 0)
      throw createError({ kind: 'timeout', message: 'The job did not end within the time for this call.' })
    const outgoing = await signed(prepared, next, host)
    url = outgoing.url
    const answer = await host.transport.exchange(outgoing, { ...limits, timeoutMs })
    if (answer.status >= 400 && !next.isOptional) throw refusal(prepared, answer, answer.body)
    reply = next.isOptional ? bare(answer) : wireReply(prepared, answer)
    if (upstream.gather) replies.push(reply)
  }
}

function wireReply<E extends EndpointName>(prepared: Prepared<E>, reply: WholeReply): WireReply {
  return { ...bare(reply), body: parseReply(prepared.codec, reply) }
}

/** Of a reply that nothing hangs on nobody reads the body. */
function bare({ status, headers }: WholeReply): WireReply {
  return { status, headers, body: undefined }
}

async function signed<E extends EndpointName>(
  { provider, outgoing, secret, ask }: Prepared<E>,
  next: FollowUp,
  host: CallHost,
): Promise<OutgoingRequest> {
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
  if (own) await provider.credentials.sign(request, secret, ask.deployment, host.signing)
  return request
}

function endsWithHost(host: string, suffix: string): boolean {
  return host === suffix || host.endsWith(`.${suffix}`)
}
