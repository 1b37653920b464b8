import {
  type CallRecord,
  type Cost,
  chargeOf,
  endpoints,
  explanationOf,
  isEventful,
  isJsonObject,
  retriesOf,
  SluiceError,
  type Usage,
} from 'sluice/internal'
import type { SpendRow } from '../db/rows.ts'
import { usdFromNano } from './money.ts'

/** Names and ids are index keys in the database, which bounds their size. */
const MOST_ID_BYTES = 512
const MOST_MESSAGE_CHARACTERS = 2048
const MOST_TAGS = 64
const MOST_ATTEMPTS = 20
/** Client metadata beyond this many characters of JSON is left out, and says so. */
const MOST_METADATA_CHARACTERS = 16_384

/** The spend row of a finished call: LiteLLM's SpendLogs columns, its facts in `metadata`. Pure. */
export function spendRowOf(record: CallRecord): SpendRow {
  const { caller, deployment, usage, cost } = record
  return {
    requestId: clip(record.id),
    callType: callTypeOf(record),
    apiKey: clip(caller?.keyHash ?? ''),
    keyAlias: optional(caller?.keyAlias),
    userId: optional(caller?.userId),
    teamId: optional(caller?.teamId),
    organizationId: optional(caller?.organizationId),
    projectId: optional(caller?.projectId),
    endUser: optional(record.endUser),
    model: clip(deployment?.model ?? record.requestedModel),
    modelGroup: clip(deployment?.group ?? record.requestedModel),
    modelId: optional(deployment?.id),
    provider: optional(deployment?.provider),
    apiBase: optional(deployment?.apiBase),
    spendNanoUsd: nanoOf(cost),
    ...(cost.state === 'unknown' && cost.knownNanoUsd !== undefined && { isCostPartial: true }),
    totalTokens: count(usage?.total_tokens),
    promptTokens: count(usage?.prompt_tokens),
    completionTokens: count(usage?.completion_tokens),
    cacheReadTokens: count(usage?.cache_read_input_tokens ?? usage?.prompt_tokens_details?.cached_tokens),
    cacheWriteTokens: count(cacheWrites(usage)),
    startTime: count(record.startedAt),
    endTime: count(record.endedAt ?? record.startedAt),
    completionStartTime: record.firstTokenAt === undefined ? null : count(record.firstTokenAt),
    status: record.status === 'success' ? 'success' : 'failure',
    stream: record.stream,
    cacheHit: false,
    requestTags: tagsOf(record),
    metadata: metadataOf(record),
    requesterIp: optional(record.clientIp),
    sessionId: optional(record.sessionId ?? record.traceId),
    callId: record.callId === record.id ? null : optional(record.callId),
    traceId: record.traceId === record.sessionId ? null : optional(record.traceId),
    ...(record.agentId && { agentId: clip(record.agentId) }),
    messages: {},
    response: {},
    ...budgetSpendsOf(record),
  }
}

function tagsOf({ tags, spendTags }: CallRecord): readonly string[] {
  if (spendTags?.length) return [...new Set([...tags, ...spendTags].slice(0, MOST_TAGS).map(clip))]
  return tags.length === 0 ? [] : [...new Set(tags.slice(0, MOST_TAGS).map(clip))]
}

/** What its attempts charged to budgets of their providers and deployments, and the call to limits without a row. */
function budgetSpendsOf({ attempts, limitSpends }: CallRecord): Pick<SpendRow, 'budgetSpends'> {
  if (limitSpends === undefined && attempts.every(each => each.budgetSpends === undefined)) return {}
  const ofAttempts = attempts.flatMap(each => each.budgetSpends ?? []).filter(({ nanoUsd }) => nanoUsd > 0)
  const budgetSpends = limitSpends === undefined ? ofAttempts : [...ofAttempts, ...limitSpends]
  return budgetSpends.length === 0 ? {} : { budgetSpends }
}

/** LiteLLM's `call_type`: the client's format where it has a name of its own, else the endpoint. */
function callTypeOf({ endpoint, format, route }: CallRecord): string {
  if (endpoint !== 'chat') return endpoints[endpoint].callType
  if (format.endsWith('-messages')) return format.replaceAll('-', '_')
  if (format.endsWith('-responses')) return 'aresponses'
  return route?.includes('enerateContent') === true ? 'agenerate_content' : 'acompletion'
}

/** Facts that have no column of their own; what is not known is not there. */
function metadataOf(record: CallRecord): Record<string, unknown> {
  const { caller, cost } = record
  const metadata: Record<string, unknown> = {}
  if (caller?.keyHash) metadata['user_api_key'] = caller.keyHash
  if (caller?.keyAlias) metadata['user_api_key_alias'] = caller.keyAlias
  if (caller?.userId) metadata['user_api_key_user_id'] = caller.userId
  if (caller?.teamId) metadata['user_api_key_team_id'] = caller.teamId
  if (caller?.teamAlias) metadata['user_api_key_team_alias'] = caller.teamAlias
  if (caller?.organizationId) metadata['user_api_key_org_id'] = caller.organizationId
  if (record.clientIp) metadata['requester_ip_address'] = record.clientIp
  metadata['status'] = record.status === 'success' ? 'success' : 'failure'
  if (record.error !== undefined) metadata['error_information'] = errorInformation(record.error, record)
  if (record.usage) metadata['usage_object'] = record.usage
  if (record.usageEstimated === true) metadata['usage_estimated'] = true
  if (cost.state !== 'none') metadata['cost_breakdown'] = costBreakdown(cost)
  if (record.requestedModel !== '' && record.requestedModel !== record.deployment?.group)
    metadata['requested_model'] = clip(record.requestedModel)
  if (record.attempts.length > 1) metadata['attempts'] = attemptsOf(record)
  metadata['attempted_retries'] = retriesOf(record)
  metadata['attempted_fallbacks'] = record.fallbacks
  if (isEventful(record)) metadata['routing'] = explanationOf(record)
  if (record.clientGone === true) metadata['client_disconnected'] = true
  metadata['upstream_time_ms'] = record.upstreamMs
  if (record.responseId) metadata['response_id'] = record.responseId
  if (record.callId !== record.id) metadata['litellm_call_id'] = record.callId
  if (record.route) metadata['route'] = record.route
  if (record.userAgent) metadata['user_agent'] = record.userAgent
  if (record.warnings.length > 0) metadata['warnings'] = record.warnings
  return Object.assign(metadata, clientMetadata(record.metadata))
}

/** Who was asked, in order, when more than one was: what `sluice simulate` learns outages from. */
function attemptsOf({ attempts, startedAt }: CallRecord): Record<string, unknown>[] {
  return attempts.slice(0, MOST_ATTEMPTS).map(attempt => ({
    model_id: attempt.deploymentId,
    after_ms: attempt.startedAt - startedAt,
    duration_ms: attempt.durationMs,
    ...(attempt.status !== undefined && { status: attempt.status }),
    ...(attempt.error && { error_class: attempt.error.name }),
  }))
}

/** Only our own errors speak: another error's message may hold anything. */
function errorInformation(error: Error, record: CallRecord): Record<string, unknown> {
  const own = error instanceof SluiceError ? error : undefined
  return {
    error_code: String(own?.status ?? 500),
    error_class: own?.name ?? 'InternalServerError',
    error_message: (own?.message ?? 'Internal error').slice(0, MOST_MESSAGE_CHARACTERS),
    llm_provider: own?.provider ?? record.deployment?.provider ?? '',
  }
}

function costBreakdown(cost: Exclude<Cost, { state: 'none' }>): Record<string, unknown> {
  if (cost.state === 'unknown') return { unknown_reason: cost.reason }
  return {
    input_cost: usdFromNano(cost.inputNanoUsd),
    output_cost: usdFromNano(cost.outputNanoUsd),
    total_cost: usdFromNano(cost.nanoUsd),
    ...(cost.terms && {
      original_cost: usdFromNano(cost.terms.originalNanoUsd),
      discount_amount: usdFromNano(cost.terms.discountNanoUsd),
      margin_total_amount: usdFromNano(cost.terms.marginNanoUsd),
    }),
  }
}

function clientMetadata(metadata: CallRecord['metadata']): Record<string, unknown> | undefined {
  if (Object.keys(metadata).length === 0) return undefined
  const size = JSON.stringify(metadata).length
  if (size > MOST_METADATA_CHARACTERS) return { requester_metadata_omitted: `${size} characters` }
  const forLogs = metadata['spend_logs_metadata']
  return {
    requester_metadata: metadata,
    ...(isJsonObject(forLogs) ? { spend_logs_metadata: forLogs } : {}),
  }
}

function nanoOf(cost: Cost): number | null {
  if (cost.state === 'unknown' && cost.knownNanoUsd === undefined) return null
  return Math.round(chargeOf(cost))
}

function cacheWrites(usage: Usage | undefined): number | undefined {
  return usage?.cache_creation_input_tokens ?? usage?.prompt_tokens_details?.cache_creation_tokens
}

/** Providers have sent fractions, nulls and strings for counts: none of them may stop the ledger. */
function count(value: unknown): number {
  const number = typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : 0
  return Math.min(Math.max(number, 0), Number.MAX_SAFE_INTEGER)
}

function optional(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : clip(value)
}

function clip(text: string): string {
  if (text.length * 3 <= MOST_ID_BYTES || Buffer.byteLength(text) <= MOST_ID_BYTES) return text
  const bytes = Buffer.from(text).subarray(0, MOST_ID_BYTES)
  // A character cut in half decodes to the replacement character.
  return bytes.toString('utf8').replace(/\uFFFD+$/, '')
}
