import type { Call } from './call.ts'
import { type CallInfo, type Codec, HUB_FORMATS, type Relay } from './codecs/codec.ts'
import type { OutgoingRequest } from './credentials/credentials.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import { endpoints } from './endpoints/registry.ts'
import { createError } from './errors.ts'
import { bind, findBinding, urlOf } from './providers/bind.ts'
import { CREDENTIAL_PARAMS } from './providers/credential-params.ts'
import { cannedAnswer } from './providers/mock-answers.ts'
import { applyParamRules, dropForeignKeys, type Strictness } from './providers/param-rules.ts'
import type { Provider } from './providers/provider.ts'
import { spliceModel } from './transport/splice-model.ts'
import type { ExchangeLimits, Transport } from './transport/transport.ts'
import type { Deployment } from './types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from './types/endpoint-map.ts'
import type { JsonObject } from './types/json.ts'
import type { Warning } from './types/warning.ts'

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

/** A call that needs no network. */
export interface LocalReply<E extends EndpointName> {
  readonly ask: Call<E>
  readonly info: CallInfo
  readonly answer: (info: CallInfo) => ResponseOf<E> | Promise<ResponseOf<E>>
}

/** A call ready to be signed and sent. */
export interface Prepared<E extends EndpointName> {
  readonly ask: Call<E>
  readonly provider: Provider
  readonly codec: Codec<E>
  readonly info: CallInfo
  readonly secret: string | undefined
  readonly outgoing: OutgoingRequest
  readonly limits: ExchangeLimits
  /** Set when the reply's bytes may pass untouched. */
  readonly relayed: { readonly relay: Relay; readonly body: JsonObject } | undefined
}

export function prepare<E extends EndpointName>(ask: Call<E>, host: CallHost): Prepared<E> | LocalReply<E> {
  const { deployment } = ask
  const provider = host.providers.get(deployment.provider)
  if (provider === undefined)
    throw createError({
      kind: 'unknown_provider',
      message: `"${deployment.provider}" is not a known provider.`,
      param: 'model',
    })
  const found = findBinding(provider, ask.endpoint, ask.original?.format)
  const answer = answerOf(ask, provider, found !== undefined)
  const info = infoOf(ask, host, found?.codec.upstream.decodeStream !== undefined || answer !== undefined)
  if (answer) return { ask, answer, info }

  const binding = bind(provider, ask.endpoint, ask.original?.format)
  const { codec } = binding
  const request = withDefaults(ask, codec, provider, info)
  const relayed = relayOf(ask, codec)
  const wire = encode(ask, request, codec, relayed, info)
  const outgoing: OutgoingRequest = {
    method: 'POST',
    url: urlOf(provider, binding, info, host.secret(provider.baseUrlEnv ?? [])),
    headers: joinHeaders(
      wire.headers,
      ask.clientFormat === codec.format ? ask.formatHeaders : undefined,
      ask.headers,
      deployment.headers,
    ),
    body: wire.body,
  }
  const limits: ExchangeLimits = {
    timeoutMs: ask.timeoutMs,
    headTimeoutMs: info.stream ? ask.streamTimeoutMs : undefined,
    maxBytes: host.maxResponseBytes,
    signal: ask.signal,
  }
  return {
    ask,
    provider,
    codec,
    info,
    outgoing,
    limits,
    relayed,
    secret: secretOf(provider, deployment, host),
  }
}

/** What answers without a network: a canned reply, the provider itself, or the endpoint where the provider has none. */
function answerOf<E extends EndpointName>(
  ask: Call<E>,
  provider: Provider,
  bound: boolean,
): LocalReply<E>['answer'] | undefined {
  const { mockResponse, model } = ask.deployment
  if (mockResponse !== undefined) return info => cannedAnswer(mockResponse)(ask.endpoint, ask.request, info)
  const endpoint: Endpoint<E> = endpoints[ask.endpoint]
  if (!bound && endpoint.answer) return () => endpoint.answer?.(ask.request, model) as Promise<ResponseOf<E>>
  const { answer } = provider
  return answer && (info => answer(ask.endpoint, ask.request, info))
}

function infoOf<E extends EndpointName>(ask: Call<E>, host: CallHost, streams: boolean): CallInfo {
  const { deployment } = ask
  const request: JsonObject = ask.request
  return {
    id: ask.id,
    now: ask.now,
    model: deployment.model,
    stream: streams && request.stream === true,
    choices: typeof request.n === 'number' ? request.n : undefined,
    deployment,
    maxOutputTokens: host.maxOutputTokens(deployment),
    warn: ask.warn,
  }
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
  const endpoint = endpoints[ask.endpoint] as Endpoint<E>
  const target = { endpoint, codec, provider, deployment, model: deployment.model }
  const { clientFormat } = ask
  const foreign = clientFormat !== codec.format && !HUB_FORMATS.has(clientFormat)
  const asked = foreign ? dropForeignKeys(ask.request, clientFormat, target, info.warn) : ask.request
  return applyParamRules(withParams(asked, deployment.params), target, strictnessOf(ask), info.warn)
}

/** The request over the deployment's defaults; the very same request when it says everything itself. */
function withParams<R extends JsonObject>(request: R, params: Readonly<JsonObject> | undefined): R {
  let out = request
  for (const key in params) {
    if (request[key] !== undefined || CREDENTIAL_PARAMS.has(key)) continue
    if (out === request) out = { ...request }
    ;(out as JsonObject)[key] = params[key]
  }
  return out
}

/** The call's strictness and the deployment's: either may drop or allow. */
function strictnessOf<E extends EndpointName>({ strictness, deployment }: Call<E>): Strictness {
  const { dropParams, additionalDropParams, allowedOpenaiParams } = deployment
  if (!dropParams && !additionalDropParams && !allowedOpenaiParams) return strictness
  return {
    dropParams: strictness.dropParams || dropParams === true,
    additionalDropParams: [...strictness.additionalDropParams, ...(additionalDropParams ?? [])],
    allowedOpenaiParams: [...strictness.allowedOpenaiParams, ...(allowedOpenaiParams ?? [])],
  }
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

type Relayed = Prepared<EndpointName>['relayed']

/** A reply in the client's own format may pass as it is, whatever had to be done to the request. */
function relayOf<E extends EndpointName>({ original }: Call<E>, codec: Codec<E>): Relayed {
  if (codec.relay === undefined || original?.format !== codec.format) return undefined
  return { relay: codec.relay, body: original.body }
}

interface Encoded {
  readonly body: Buffer | string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The body to send: the client's own bytes where they say the same, else the request encoded. */
function encode<E extends EndpointName>(
  ask: Call<E>,
  request: RequestOf<E>,
  codec: Codec<E>,
  relayed: Relayed,
  info: CallInfo,
): Encoded {
  const { extraBody } = ask.deployment
  const mayPass = relayed !== undefined && request === ask.request && extraBody === undefined
  if (mayPass && !relayed.relay.sameHub) {
    const bytes = originalBytes(ask, relayed, info)
    if (bytes) return { body: bytes }
  }
  const warnings: Warning[] = []
  const wire = codec.upstream.encodeRequest(request, {
    ...info,
    warn: warning => void warnings.push(warning),
  })
  if (mayPass && relayed.relay.sameHub && isSame(wire.body, relayed.body)) {
    const bytes = originalBytes(ask, relayed, info)
    if (bytes) return { body: bytes, headers: wire.headers }
  }
  for (const warning of warnings) info.warn(warning)
  return {
    body: JSON.stringify(extraBody ? { ...wire.body, ...extraBody } : wire.body),
    headers: wire.headers,
  }
}

/** The client's bytes with the model and the relay's extras spliced in; `undefined` when that cannot be done safely. */
function originalBytes<E extends EndpointName>(
  { original }: Call<E>,
  { relay, body }: NonNullable<Relayed>,
  info: CallInfo,
): Buffer | undefined {
  if (original === undefined) return undefined
  const extras = info.stream ? relay.streamExtras?.(body) : undefined
  if (!extras && (relay.modelKey === undefined || body.model === info.model)) return original.bytes
  return spliceModel(original.bytes, body, info.model, extras)
}

/** The format's headers, the caller's, the deployment's. A list that the format began is added to, not replaced. */
function joinHeaders(
  format: Readonly<Record<string, string>> | undefined,
  ...others: (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    ...format,
  }
  for (const more of others) {
    for (const name in more) {
      const value = more[name] as string
      const listed = format?.[name]
      headers[name] = listed === undefined || listed === value ? value : unite(headers[name] as string, value)
    }
  }
  return headers
}

function unite(first: string, second: string): string {
  return [...new Set(`${first},${second}`.split(',').map(item => item.trim()))].join(',')
}

const OWNED = new Set(['model', 'stream', 'stream_options'])

/** Every value of the wire body is the client's own, the keys we own aside. */
function isSame(wire: JsonObject, body: JsonObject): boolean {
  for (const key in wire) if (wire[key] !== body[key] && !OWNED.has(key)) return false
  for (const key in body) if (!(key in wire) && !OWNED.has(key)) return false
  return true
}
