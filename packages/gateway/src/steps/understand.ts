import {
  badRequest,
  type CallOptions,
  type CallRecord,
  type Deployment,
  type EndpointName,
  type InboundInfo,
  isJsonObject,
  type JsonObject,
  namedFallbacks,
  parseOptionFields,
  type RequestOf,
  type Route,
  splitOptions,
  WireForm,
} from 'sluice/internal'
import type { Caller } from '../auth/caller.ts'
import type { Settings } from '../config/settings.ts'
import { refuseClientTags, spendTagsOf } from '../spend/spend-tags.ts'
import {
  refuseForeignRouting,
  refuseMockFailure,
  refuseOtherModels,
  refuseOwnHeaders,
  withExtraBody,
  withStreamUsage,
} from './caller-extras.ts'
import type { InferenceRequest } from './inference-request.ts'
import { meantFallbacks } from './meant-fallbacks.ts'
import { readRequest } from './reading/read-request.ts'
import { obeyKeyRules } from './rules/key-rules.ts'

/** A request understood: in the hub's shape, with its options apart and its model's alias resolved. */
export interface Asked<E extends EndpointName> {
  readonly model: string
  readonly request: RequestOf<E>
  readonly options: CallOptions
  readonly route: Omit<Route<E>, 'record' | 'signal'>
}

/** Decodes the client's format into the hub's and notes in the record what it says of the call. */
export async function understand<E extends EndpointName>(
  from: InferenceRequest<E>,
  caller: Caller,
  record: CallRecord,
  settings: Settings,
): Promise<Asked<E>> {
  record.caller = caller.record
  const warn: InboundInfo['warn'] = warning => void record.warnings.push(warning)
  const given = readRequest(from as unknown as InferenceRequest)
  const body: unknown = given instanceof Promise ? await given : given
  const isJson = from.query === undefined && !(body instanceof WireForm)
  const decoded = decode(from, body, record, warn)
  obeyKeyRules(isJson ? body : decoded, caller, settings.keys)
  const { request: said, options = NO_OPTIONS } = splitOptions(
    withExtraBody((isJson ? decoded : parseOptionFields(decoded)) as RequestOf<E> & JsonObject),
  )
  const { format } = from.codec
  const request = settings.calls.alwaysIncludeStreamUsage ? withStreamUsage(said, format) : said
  refuseForeignRouting(options)
  refuseMockFailure(options, caller)
  refuseOtherModels(request, caller)
  for (const { params } of namedFallbacks(options)) if (params) refuseOtherModels(params, caller)
  refuseOwnHeaders(options.headers)
  checkName(request.model)
  const model = completionModelOf(from, settings) ?? caller.aliases.get(request.model) ?? request.model
  note(record, from, request, options, caller, settings)
  const mayRelay = isJson && isJsonObject(body) && request === said && mayPass(body, decoded)
  return {
    model,
    request,
    options,
    route: {
      id: record.id,
      model,
      request,
      ...wishesOf(options, from),
      ...meantFallbacks(options, caller.aliases),
      clientFormat: format,
      strictness: strictnessOf(options, settings),
      original: mayRelay ? { format, bytes: from.bytes, body } : undefined,
      warn,
    },
  }
}

/** What the request's options and headers say of how it is to be routed. */
function wishesOf<E extends EndpointName>(options: CallOptions, { open, hints }: InferenceRequest<E>) {
  return {
    endpoint: open.endpoint,
    retries: hints.numRetries ?? options.numRetries,
    timeoutMs: hints.timeoutMs ?? options.timeoutMs,
    streamTimeoutMs: hints.streamTimeoutMs ?? options.streamTimeoutMs,
    streamIdleTimeoutMs: options.streamIdleTimeoutMs,
    streamContinuation: options.streamContinuation,
    disableFallbacks: options.disableFallbacks,
    mockFailure: options.mockFailure,
    region: options.region,
    priority: options.priority,
    overrides: overridesOf(options),
    formatHeaders: hints.formatHeaders,
    headers: options.headers ? { ...hints.forward, ...options.headers } : hints.forward,
  }
}

function decode<E extends EndpointName>(
  { codec: { inbound, format }, model, stream, variables }: InferenceRequest<E>,
  body: unknown,
  { id, startedAt: now }: CallRecord,
  warn: InboundInfo['warn'],
): RequestOf<E> {
  if (inbound === undefined) throw badRequest(`${format} is not a format clients may speak here.`)
  return inbound.decodeRequest(body, { id, now, model, stream, variables, warn })
}

/** The longest name of a model: resource names of clouds are long, but no longer. */
const LONGEST_NAME = 1_024

/** Names are remembered, written down and looked at by many: one of a megabyte must not be. */
function checkName(model: unknown): void {
  if (typeof model === 'string' && model.length <= LONGEST_NAME) return
  throw badRequest(`model: must be a string of at most ${LONGEST_NAME} characters.`, 'model')
}

/** `completion_model` is for whatever talks; searches, pictures and recordings keep the model they name. */
function completionModelOf({ open }: InferenceRequest, { calls }: Settings): string | undefined {
  return open.endpoint === 'chat' ? calls.completionModel : undefined
}

function strictnessOf(options: CallOptions, { calls }: Settings) {
  return {
    dropParams: options.dropParams ?? calls.dropParams,
    modifyParams: options.modifyParams ?? calls.modifyParams,
    additionalDropParams: options.additionalDropParams ?? NONE,
    allowedOpenaiParams: options.allowedOpenaiParams ?? NONE,
  }
}

const NONE: readonly string[] = []
const NO_OPTIONS: CallOptions = {}

function note(
  record: CallRecord,
  from: InferenceRequest,
  request: JsonObject,
  options: CallOptions,
  caller: Caller,
  { spend }: Settings,
): void {
  const { hints } = from
  record.requestedModel = String(request.model)
  record.stream = request.stream === true
  record.route = from.route
  record.clientIp = hints.clientIp
  record.userAgent = hints.userAgent
  record.traceId = options.traceId ?? hints.traceId
  const { tags: metadataTags, ...metadata } = options.metadata ?? {}
  refuseClientTags({ metadata: metadataTags, body: options.tags, header: hints.tags }, spend)
  record.agentId = hints.agentId
  record.spendTags = spendTagsOf(hints, spend)
  const session = options.sessionId ?? stringOrUndefined(metadata.session_id)
  record.sessionId = session ?? hints.sessionId ?? record.traceId
  record.endUser =
    caller.endUserId ??
    hints.endUser ??
    stringOrUndefined(request.user) ??
    stringOrUndefined(metadata.user_id)
  const tags = [...caller.tags, ...(options.tags ?? hints.tags ?? NONE)]
  if (Array.isArray(metadataTags)) for (const tag of metadataTags) if (typeof tag === 'string') tags.push(tag)
  record.tags = [...new Set(tags)]
  record.metadata = hints.spendMetadata ? { ...metadata, spend_logs_metadata: hints.spendMetadata } : metadata
}

function stringOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What a caller may add to the deployment for this one call. */
function overridesOf({ mockResponse }: CallOptions): Partial<Deployment> | undefined {
  return mockResponse === undefined ? undefined : { mockResponse }
}

/** False when the client's bytes hold options of ours that its own format does not know: they must not be passed on. */
function mayPass(body: JsonObject, decoded: JsonObject): boolean {
  if (body === decoded) return true
  // Anthropic's own `metadata` carries its user id, not our options.
  const { metadata: _, ...rest } = body
  return splitOptions(rest).options === undefined
}
