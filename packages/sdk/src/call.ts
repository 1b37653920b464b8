import { createError, SluiceError } from './errors.ts'
import { firstEvent } from './steps/first-event.ts'
import { follow } from './steps/follow.ts'
import { inlineMedia, urlsToInline } from './steps/inline-media.ts'
import { prepare } from './steps/prepare.ts'
import { refusal } from './steps/refusal.ts'
import {
  localReply,
  type Reply,
  relayStream,
  relayWhole,
  translatedStream,
  translatedWhole,
} from './steps/reply.ts'
import type { Call, CallHost, Prepared } from './steps/shapes.ts'
import { sign } from './steps/sign.ts'
import { toldError } from './steps/told-error.ts'
import type { Deployment } from './types/deployment.ts'
import type { EndpointName } from './types/endpoint-map.ts'

export type { Call, OriginalRequest } from './steps/shapes.ts'

/**
 * One call, whole: bind → parameter rules → encode → sign → send → (error? decode it) → decode.
 * A stream resolves with its first output, so that a provider that fails before it fails here.
 * Throws a `SluiceError` that names provider and model.
 */
export async function call<E extends EndpointName>(ask: Call<E>, host: CallHost): Promise<Reply<E>> {
  let signed: Prepared<E> | undefined
  try {
    const urls = urlsToInline(ask, host)
    const prepared = prepare(urls ? await inlineMedia(ask, urls, host) : ask, host)
    if ('answer' in prepared) return await localReply(prepared)
    signed = prepared
    const signing = sign(prepared, prepared.outgoing, host)
    if (signing) await signing
    return await (prepared.info.stream ? stream(prepared, host) : whole(prepared, host))
  } catch (error) {
    throw attribute(toldError(error, signed), ask.deployment)
  }
}

async function whole<E extends EndpointName>(prepared: Prepared<E>, host: CallHost): Promise<Reply<E>> {
  const reply = await host.transport.exchange(prepared.outgoing, prepared.limits)
  if (reply.status >= 400) throw refusal(prepared, reply, reply.body)
  if (prepared.relayed) return relayWhole(prepared, reply)
  return translatedWhole(prepared, await follow(prepared, reply, host), host)
}

async function stream<E extends EndpointName>(prepared: Prepared<E>, host: CallHost): Promise<Reply<E>> {
  const { ask } = prepared
  const startedAt = performance.now()
  const reply = await host.transport.open(prepared.outgoing, prepared.limits)
  try {
    if (reply.status >= 400) throw refusal(prepared, reply, await reply.collect())
    const answer = prepared.relayed ? relayStream(prepared, reply) : translatedStream(prepared, reply)
    const limit = { limitMs: ask.streamTimeoutMs, startedAt, abort: () => reply.abort() }
    return tellingErrors(await firstEvent(answer, limit), prepared)
  } catch (error) {
    reply.abort()
    throw error
  }
}

/** A stream may still fail after it was handed over. */
function tellingErrors<E extends EndpointName>(reply: Reply<E>, signed: Prepared<E>): Reply<E> {
  if (reply.kind !== 'stream' && reply.kind !== 'relay-stream') return reply
  const { pump } = reply
  const hiding = (push: never) =>
    pump(push).catch((error: unknown) => {
      throw toldError(error, signed)
    })
  return { ...reply, pump: hiding as typeof pump } as Reply<E>
}

/** Every error of a call names its provider and model; what is not ours becomes an internal error. */
function attribute(error: unknown, deployment: Deployment): SluiceError {
  const { provider, model } = deployment
  if (error instanceof SluiceError) {
    // An unsupported parameter is the caller's doing, not the provider's.
    if (error.provider !== undefined || error.kind === 'unsupported_params' || error.kind === 'aborted')
      return error
    return error.withSource(provider, model)
  }
  return createError({
    kind: 'internal',
    message: 'The call failed inside Sluice.',
    model,
    cause: error,
    retryable: false,
  })
}
