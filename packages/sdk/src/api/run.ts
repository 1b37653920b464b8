import { randomUUID } from 'node:crypto'
import { openRecord, stampRecord } from '../callbacks/records.ts'
import { resolveModel } from '../providers/naming/resolve.ts'
import { splitCredentials } from '../providers/params/credential-params.ts'
import { type CallOptions, splitOptions } from '../router/call-options.ts'
import { type FallbackTarget, namedFallbacks } from '../router/fallbacks.ts'
import { type Route, RouteTable, type RoutingSettings } from '../router/router.ts'
import type { Reply } from '../steps/reply.ts'
import { estimateRequestTokens } from '../tokens/request.ts'
import type { CallRecord } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, EventOf, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Meter } from '../types/meter.ts'
import { catalogue, sdkHost } from './host.ts'
import { type CallFacts, factsOf, type WithFacts, withFacts } from './result.ts'
import { type Stream, streamOf } from './stream.ts'

/** Whatever has deployments to run calls over: a `Router`. */
export interface Routed {
  readonly routes: RouteTable
}

/** A call's options, and what only a program can give. */
export interface RunOptions extends CallOptions {
  /** Runs the call over this router's deployments; `model` is one of its names then. */
  readonly router?: Routed | undefined
  readonly signal?: AbortSignal | undefined
}

/** Settings of a call without a router: LiteLLM's defaults of `completion()`. */
export const DIRECT: RoutingSettings = {
  retries: 2,
  timeoutMs: 600_000,
  streamTimeoutMs: undefined,
  allowedFails: Number.POSITIVE_INFINITY,
  cooldownMs: 0,
  disableCooldowns: true,
  retryAfterMs: 0,
  groupAliases: new Map(),
  fallbacks: new Map(),
  defaultFallbacks: [],
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  maxFallbacks: 5,
}

/** What came back, whole or streamed, in the hub's shape. */
export type Ran<E extends EndpointName> = WithFacts<ResponseOf<E>> | Stream<EventOf<E>, CallFacts>

/** Runs one request directly at the provider its model names, or over the deployments of `options.router`. */
export async function run<E extends EndpointName>(
  endpoint: E,
  given: RequestOf<E>,
  outer: RunOptions,
  format: string,
): Promise<Ran<E>> {
  const { request: said, options: inner } = splitOptions(given)
  const options = { ...inner, ...outer }
  const table = outer.router?.routes
  const { request, params } = table ? { request: said } : splitCredentials(said)
  const routes = table ?? directTable([{ model: request.model }, ...namedFallbacks(options)], options, params)
  const record = openRecord({
    id: randomUUID(),
    callId: options.callId,
    endpoint,
    format,
    startedAt: Date.now(),
    requestedModel: request.model,
  })
  note(record, options)
  const reply = await routes.run(routeOf(endpoint, request, options, record))
  return answer(reply, record, () => estimateRequestTokens(request))
}

/** What the options say of the call beside the question. */
function note(record: CallRecord, { metadata = {}, tags = [], traceId, sessionId }: RunOptions): void {
  const { tags: more, session_id: session } = metadata
  record.metadata = metadata
  const named = Array.isArray(more) ? more.filter(tag => typeof tag === 'string') : []
  record.tags = [...new Set([...tags, ...named])]
  record.traceId = traceId
  record.sessionId = sessionId ?? (typeof session === 'string' ? session : traceId)
}

function routeOf<E extends EndpointName>(
  endpoint: E,
  request: RequestOf<E>,
  options: RunOptions,
  record: CallRecord,
): Route<E> {
  return {
    id: record.id,
    endpoint,
    model: request.model,
    request,
    record,
    clientFormat: record.format,
    strictness: {
      dropParams: options.dropParams ?? false,
      modifyParams: options.modifyParams,
      additionalDropParams: options.additionalDropParams ?? [],
      allowedOpenaiParams: options.allowedOpenaiParams ?? [],
    },
    retries: options.numRetries,
    timeoutMs: options.timeoutMs,
    streamTimeoutMs: options.streamTimeoutMs,
    streamIdleTimeoutMs: options.streamIdleTimeoutMs,
    streamContinuation: options.streamContinuation,
    fallbacks: options.fallbacks,
    contextWindowFallbacks: options.contextWindowFallbacks,
    contentPolicyFallbacks: options.contentPolicyFallbacks,
    disableFallbacks: options.disableFallbacks,
    mockFailure: options.mockFailure,
    region: options.region,
    priority: options.priority,
    headers: options.headers,
    signal: options.signal,
    overrides: overridesOf(options),
    warn: warning => void record.warnings.push(warning),
  }
}

function overridesOf(options: RunOptions): Partial<Deployment> | undefined {
  const { mockResponse, extraBody } = options
  if (mockResponse === undefined && !extraBody) return undefined
  return { ...(mockResponse !== undefined && { mockResponse }), ...(extraBody && { extraBody }) }
}

function answer<E extends EndpointName>(
  reply: Reply<E>,
  record: CallRecord,
  promptTokens: () => number,
): Ran<E> {
  const close = (meter: Meter) => {
    record.endedAt = Date.now()
    const told = record.attempts.every(attempt => attempt.meter === undefined || attempt.meter.usage)
    stampRecord(record, meter, catalogue, { promptTokens: told ? 0 : promptTokens() })
    return factsOf(record, reply.headers)
  }
  if (reply.kind === 'whole') return withFacts(reply.response, close(reply.meter))
  if (reply.kind !== 'stream')
    throw new TypeError(`A call without original bytes cannot come back as ${reply.kind}.`)
  return streamOf<EventOf<E>, CallFacts>(reply.pump, reply.abort, () => close(reply.meter))
}

/** One deployment per model name, made on the spot from the call's own options. */
function directTable(
  targets: readonly FallbackTarget[],
  options: CallOptions,
  params: JsonObject | undefined,
): RouteTable {
  const host = sdkHost()
  const deployments = targets.map(({ model: name, options: own }): Deployment => {
    const { apiKey, apiBase, apiVersion, organization, modelInfo, provider: named } = { ...options, ...own }
    const { provider, model } = resolveModel(name, host.providers, named, apiBase)
    const how = { apiKey, apiBase, apiVersion, organization, modelInfo, params }
    return { id: name, group: name, provider, model, ...how }
  })
  return new RouteTable(deployments, DIRECT, host)
}
