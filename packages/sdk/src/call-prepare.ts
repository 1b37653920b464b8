import type { Call } from './call.ts'
import type { CallInfo, Codec, Relay } from './codecs/codec.ts'
import type { OutgoingRequest } from './credentials/credentials.ts'
import { endpoints } from './endpoints/registry.ts'
import { createError } from './errors.ts'
import { bind, urlOf } from './providers/bind.ts'
import { cannedAnswer } from './providers/mock-answers.ts'
import { applyParamRules } from './providers/param-rules.ts'
import type { LocalAnswer, Provider } from './providers/provider.ts'
import { spliceModel } from './transport/splice-model.ts'
import type { ExchangeLimits, Transport } from './transport/transport.ts'
import type { Deployment } from './types/deployment.ts'
import type { EndpointName, RequestOf } from './types/endpoint-map.ts'
import type { JsonObject } from './types/json.ts'

/** What a call needs from its surroundings. */
export interface CallHost {
  readonly transport: Transport
  readonly providers: ReadonlyMap<string, Provider>
  /** The first set variable's value; blank counts as unset. */
  readonly secret: (names: readonly string[]) => string | undefined
  /** The model's output limit, where the catalogue knows it. */
  readonly maxOutputTokens: (deployment: Deployment) => number | undefined
  /** Largest whole reply, bytes. */
  readonly maxResponseBytes: number
}

/** A call ready to be signed and sent. */
export interface Prepared<E extends EndpointName> {
  readonly request: RequestOf<E>
  readonly provider: Provider
  readonly codec: Codec<E>
  readonly info: CallInfo
  readonly secret: string | undefined
  readonly outgoing: OutgoingRequest
  readonly limits: ExchangeLimits
  /** Set when the reply's bytes may pass untouched. */
  readonly relayed: { readonly relay: Relay; readonly body: JsonObject } | undefined
  /** Set when the call is answered without a network. */
  readonly answer: LocalAnswer | undefined
}

export function prepare<E extends EndpointName>(ask: Call<E>, host: CallHost): Prepared<E> {
  const { deployment } = ask
  const provider = host.providers.get(deployment.provider)
  if (provider === undefined)
    throw createError({
      kind: 'unknown_provider',
      message: `"${deployment.provider}" is not a known provider.`,
      param: 'model',
    })
  const binding = bind(provider, ask.endpoint, ask.original?.format)
  const { codec } = binding
  const stream = (ask.request as JsonObject).stream === true && codec.upstream.decodeStream !== undefined
  const info: CallInfo = {
    id: ask.id,
    now: ask.now,
    model: deployment.model,
    stream,
    deployment,
    maxOutputTokens: host.maxOutputTokens(deployment),
    warn: ask.warn,
  }
  const limits: ExchangeLimits = {
    timeoutMs: ask.timeoutMs,
    headTimeoutMs: stream ? ask.streamTimeoutMs : undefined,
    maxBytes: host.maxResponseBytes,
    signal: ask.signal,
  }
  const request = withDefaults(ask, codec, provider, info)
  const answer =
    deployment.mockResponse === undefined ? provider.answer : cannedAnswer(deployment.mockResponse)
  const outgoing: OutgoingRequest = { method: 'POST', url: '', headers: {} }
  const base = { request, provider, codec, info, outgoing, limits, answer }
  if (answer) return { ...base, secret: undefined, relayed: undefined }

  outgoing.url = urlOf(provider, binding, info, host.secret(provider.baseUrlEnv ?? []))
  const wire = codec.upstream.encodeRequest(request, info)
  outgoing.headers = {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    ...wire.headers,
    ...ask.headers,
    ...deployment.headers,
  }
  const { original } = ask
  const relayed =
    codec.relay && original?.format === codec.format ? { relay: codec.relay, body: original.body } : undefined
  outgoing.body = bytesOf(ask, wire.body, relayed, request === ask.request, info)
  return { ...base, secret: secretOf(provider, deployment, host), relayed }
}

const USER_AGENT = 'sluice/0.1.0'

/** The request with the deployment's defaults under it and the provider's parameter rules applied. */
function withDefaults<E extends EndpointName>(
  ask: Call<E>,
  codec: Codec<E>,
  provider: Provider,
  info: CallInfo,
): RequestOf<E> {
  const { deployment } = ask
  const request = deployment.params ? ({ ...deployment.params, ...ask.request } as RequestOf<E>) : ask.request
  const target = { endpoint: endpoints[ask.endpoint], codec, provider, deployment, model: deployment.model }
  return applyParamRules(request, target as never, ask.strictness, info.warn)
}

function secretOf(provider: Provider, deployment: Deployment, host: CallHost): string | undefined {
  const secret = deployment.apiKey ?? host.secret(provider.credentials.env)
  if (
    secret === undefined &&
    provider.credentials.required &&
    deployment.params?.azure_ad_token === undefined
  )
    throw createError({
      kind: 'authentication',
      message: `No API key for ${provider.title}. Set ${provider.credentials.env.join(' or ')}, or api_key on the deployment.`,
      provider: provider.name,
      model: deployment.model,
    })
  return secret
}

/** The body to send: the client's own bytes where they say the same, else the wire body written out. */
function bytesOf<E extends EndpointName>(
  ask: Call<E>,
  wire: JsonObject,
  relayed: Prepared<E>['relayed'],
  untouched: boolean,
  info: CallInfo,
): Buffer | string {
  const { original, deployment } = ask
  if (deployment.extraBody) return JSON.stringify({ ...wire, ...deployment.extraBody })
  if (!original || !relayed || !untouched || (relayed.relay.sameHub && !isSame(wire, relayed.body)))
    return JSON.stringify(wire)
  const { relay, body } = relayed
  const extras = info.stream ? relay.streamExtras?.(body) : undefined
  if (!extras && (relay.modelKey === undefined || body.model === info.model)) return original.bytes
  return spliceModel(original.bytes, body, info.model, extras) ?? JSON.stringify(wire)
}

const OWNED = new Set(['model', 'stream', 'stream_options'])

/** Every value of the wire body is the client's own, the keys we own aside. */
function isSame(wire: JsonObject, body: JsonObject): boolean {
  for (const key in wire) if (wire[key] !== body[key] && !OWNED.has(key)) return false
  for (const key in body) if (!(key in wire) && !OWNED.has(key)) return false
  return true
}
