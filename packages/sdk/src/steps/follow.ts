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
): Promise<WholeReply> {
  const { codec, info, limits, ask } = prepared
  const { upstream } = codec
  if (upstream.follow === undefined) return first
  const clock = performance.now()
  let reply = first
  let url = prepared.outgoing.url
  for (let step = 0; ; step++) {
    const next = upstream.follow(wireReply(prepared, reply), ask.request, info, step, url)
    if (next === undefined) return reply
    await wait(next.afterMs, limits.signal)
    const timeoutMs = Math.floor(limits.timeoutMs - (performance.now() - clock))
    if (timeoutMs <= 0)
      throw createError({ kind: 'timeout', message: 'The job did not end within the time for this call.' })
    const request = await signed(prepared, next, host)
    url = request.url
    reply = await host.transport.exchange(request, { ...limits, timeoutMs })
    if (reply.status >= 400) throw refusal(prepared, reply, reply.body)
  }
}

function wireReply<E extends EndpointName>(prepared: Prepared<E>, reply: WholeReply): WireReply {
  return { status: reply.status, headers: reply.headers, body: parseReply(prepared.codec, reply) }
}

async function signed<E extends EndpointName>(
  { provider, outgoing, secret, ask }: Prepared<E>,
  next: FollowUp,
  host: CallHost,
): Promise<OutgoingRequest> {
  const base = new URL(outgoing.url)
  const url = new URL(next.url, base)
  const own =
    url.host === base.host || provider.followHosts?.some(suffix => endsWithHost(url.hostname, suffix))
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
