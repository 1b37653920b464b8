import { type CallInfo, type Codec, HUB_FORMATS } from '../codecs/codec.ts'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError } from '../errors.ts'
import { bind, findBinding, urlOf } from '../providers/bind.ts'
import { CREDENTIAL_PARAMS, splitCredentials } from '../providers/params/credential-params.ts'
import { applyParamRules, dropForeignKeys, type Strictness } from '../providers/params/param-rules.ts'
import type { Binding, Provider } from '../providers/provider.ts'
import { cannedAnswer } from '../providers/vendors/mock/mock-answers.ts'
import type { ExchangeLimits } from '../transport/transport.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import { encode, joinHeaders, relayOf } from './encode.ts'
import { checkFileSizes } from './file-limit.ts'
import type { Call, CallHost, LocalReply, Prepared } from './shapes.ts'

/** A stream whose provider says nothing for as long has failed: long before the whole call's time is over. */
const STREAM_IDLE_MS = 300_000

export function prepare<E extends EndpointName>(ask: Call<E>, host: CallHost): Prepared<E> | LocalReply<E> {
  const { deployment } = ask
  const provider = host.providers.get(deployment.provider)
  if (provider === undefined)
    throw createError({
      kind: 'unknown_provider',
      message: `"${deployment.provider}" is not a known provider.`,
      param: 'model',
    })
  const found = findBinding(provider, ask.endpoint, ask.clientFormat, deployment.model)
  const answer = answerOf(ask, provider, found !== undefined)
  const before = infoOf(ask, host, found, answer !== undefined)
  if (answer) return { ask, answer, info: before }

  const binding = found ?? bind(provider, ask.endpoint, ask.clientFormat, deployment.model)
  const { codec } = binding
  checkOrder(deployment)
  checkFileSizes(ask.request, deployment)
  const request = withDefaults(ask, codec, provider, before)
  const info: CallInfo = request === ask.request ? before : { ...before, request }
  const relayed = relayOf(ask, codec)
  const wire = encode(ask, request, codec, relayed, info)
  const outgoing: OutgoingRequest = {
    method: wire.method ?? 'POST',
    url: urlOf(provider, binding, info, host.secret(provider.baseUrlEnv ?? []), wire),
    headers: joinHeaders(
      wire.body === undefined ? wire.headers : { 'content-type': wire.contentType, ...wire.headers },
      heardBy(codec, ask, info),
      ask.headers,
      deployment.headers,
    ),
    body: wire.body,
  }
  const limits = limitsOf(ask, info, host)
  return {
    ask,
    request,
    provider,
    codec,
    info,
    outgoing,
    limits,
    relayed,
    secret: secretOf(provider, deployment, host),
  }
}

function limitsOf<E extends EndpointName>(ask: Call<E>, info: CallInfo, host: CallHost): ExchangeLimits {
  return {
    timeoutMs: ask.timeoutMs,
    headTimeoutMs: info.stream ? ask.streamTimeoutMs : undefined,
    idleTimeoutMs: info.stream ? (ask.idleTimeoutMs ?? STREAM_IDLE_MS) : undefined,
    maxBytes: host.maxResponseBytes,
    signal: ask.signal,
  }
}

/** Headers of the client's format, for providers that speak it too. */
function heardBy<E extends EndpointName>(codec: Codec<E>, ask: Call<E>, info: CallInfo) {
  const { formatHeaders, clientFormat } = ask
  if (formatHeaders === undefined || clientFormat !== codec.format) return undefined
  return codec.upstream.hears ? codec.upstream.hears(formatHeaders, info) : formatHeaders
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

function infoOf<E extends EndpointName>(
  ask: Call<E>,
  host: CallHost,
  binding: Binding<E> | undefined,
  local: boolean,
): CallInfo {
  const { deployment } = ask
  const request: JsonObject = ask.request
  const streams = local || binding?.codec.upstream.decodeStream !== undefined
  return {
    id: ask.id,
    now: ask.now,
    model: binding?.model ? binding.model(deployment.model) : deployment.model,
    stream: streams && request.stream === true,
    choices: typeof request.n === 'number' ? request.n : undefined,
    deployment,
    request,
    clientHeaders: ask.clientFormat === binding?.codec.format ? ask.formatHeaders : undefined,
    maxOutputTokens: host.maxOutputTokens(deployment),
    modifyParams: ask.strictness.modifyParams || deployment.modifyParams,
    warn: ask.warn,
  }
}

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
  const own = withoutCredentials(ask.request, info)
  const asked = foreign ? dropForeignKeys(own, clientFormat, target, info.warn) : own
  const whole = withParams(asked, deployment.params)
  const repaired = endpoint.repaired?.(whole, { ...info, knows: codec.upstream.params }) ?? whole
  return applyParamRules(repaired, target, strictnessOf(ask), info.warn)
}

/** A caller says what is asked, not who asks whom where: none of that is heeded, and none of it leaves the house. */
function withoutCredentials<R extends JsonObject>(given: R, info: CallInfo): R {
  const { request, params } = splitCredentials(given)
  for (const param in params)
    info.warn({ action: 'ignored', param, reason: 'it belongs to the deployment, not to a request' })
  return request
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

/** Without its own credential a deployment must not sign with one of the environment. */
function checkOrder({ outOfOrder: message, provider, model }: Deployment): void {
  if (message === undefined) return
  const code = 'credential_unavailable'
  throw createError({ kind: 'authentication', status: 503, code, message, provider, model })
}

function secretOf(provider: Provider, deployment: Deployment, host: CallHost): string | undefined {
  const secret = deployment.apiKey ?? host.secret(provider.credentials.env)
  if (secret === undefined && provider.credentials.required)
    throw createError({
      kind: 'authentication',
      message: `No API key for ${provider.title}. Set ${provider.credentials.env.join(' or ')}, or api_key on the deployment.`,
      provider: provider.name,
      model: deployment.model,
    })
  return secret
}
