import type { IncomingHttpHeaders } from 'node:http'
import {
  badRequest,
  type Cost,
  decimalUsd,
  explanationLine,
  isJsonObject,
  retriesOf,
  type SluiceError,
} from 'sluice/internal'
import { RESUMABLE_HEADER } from '../resume/resumable-client.ts'
import type { StreamFacts } from '../resume/stream-facts.ts'
import { OWN_HEADERS } from '../steps/caller-extras.ts'
import type { ReplyHead } from '../steps/client.ts'
import type { RequestHints } from '../steps/inference-request.ts'
import { VERSION } from '../version.ts'

/** Header lines as Node takes them flat: name, value, name, value … */
export type HeaderLines = string[]

/** Headers of a provider that say nothing to our client. */
const HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
  'content-encoding',
  'date',
  'set-cookie',
  'server',
  'vary',
  'via',
  'trailer',
  'upgrade',
])

/** Says how a call found its deployment, to those who sent `x-sluice-explain: true`. */
export const EXPLANATION = 'x-sluice-route'

/** LiteLLM's response headers for one call. Empty values are left out. */
export function replyHeaders(head: ReplyHead, now: number): HeaderLines {
  const { record, reservation, upstream, streamId, explain } = head
  const lines = callHeaders(record.callId, streamId)
  const { deployment, cost } = record
  if (deployment) {
    lines.push('x-litellm-model-id', deployment.id, 'x-litellm-model-group', deployment.group)
    if (deployment.apiBase) lines.push('x-litellm-model-api-base', withoutQuery(deployment.apiBase))
    lines.push('x-litellm-attempted-retries', String(retriesOf(record)))
    lines.push('x-litellm-attempted-fallbacks', String(record.fallbacks))
  }
  if (cost.state === 'known') pushCost(lines, cost)
  else if (cost.state === 'unknown') lines.push('x-sluice-cost', 'unknown')
  const duration = now - record.startedAt
  lines.push('x-litellm-response-duration-ms', String(duration))
  lines.push('x-litellm-overhead-duration-ms', String(Math.max(duration - record.upstreamMs, 0)))
  if (record.warnings.length > 0) lines.push('x-sluice-warnings', warningsLine(record.warnings))
  if (explain) lines.push(EXPLANATION, explanationLine(record))
  if (reservation)
    for (const name in reservation.headers) lines.push(name, reservation.headers[name] as string)
  for (const name in upstream)
    if (!HOP.has(name)) lines.push(`llm_provider-${name}`, upstream[name] as string)
  return lines
}

/** What a call cost and, where they apply, what discount and margin made of it. */
function pushCost(lines: HeaderLines, { nanoUsd, terms }: Extract<Cost, { state: 'known' }>): void {
  lines.push('x-litellm-response-cost', decimalUsd(nanoUsd))
  if (terms === undefined) return
  const { originalNanoUsd, discountNanoUsd, marginNanoUsd, margin } = terms
  lines.push('x-litellm-response-cost-original', decimalUsd(originalNanoUsd))
  if (discountNanoUsd > 0) lines.push('x-litellm-response-cost-discount-amount', decimalUsd(discountNanoUsd))
  if (marginNanoUsd === 0) return
  lines.push('x-litellm-response-cost-margin-amount', decimalUsd(marginNanoUsd))
  if (margin !== undefined) lines.push('x-litellm-response-cost-margin-percent', String(margin))
}

/** Headers of an answer that goes on with a stream: the call they name is the one that began it. */
export function resumedHeaders({ callId, id }: StreamFacts): HeaderLines {
  return callHeaders(callId, id)
}

function callHeaders(callId: string, streamId: string | undefined): HeaderLines {
  // The names under which the official clients look for a request's id, and LiteLLM's.
  const lines = ['x-request-id', callId, 'request-id', callId, 'x-litellm-call-id', callId]
  lines.push('x-litellm-version', VERSION)
  if (streamId !== undefined) lines.push('x-sluice-stream-id', streamId)
  return lines
}

/** Headers that tell a client whether and when to try again. */
export function errorHeaders(error: SluiceError): HeaderLines {
  const lines: HeaderLines = ['x-should-retry', String(error.retryable)]
  const waitMs = error.retryAfterMs ?? (error.status === 503 ? 1000 : undefined)
  if (waitMs !== undefined && error.retryable) {
    lines.push(
      'retry-after',
      String(Math.max(1, Math.ceil(waitMs / 1000))),
      'retry-after-ms',
      String(Math.ceil(waitMs)),
    )
  }
  for (const name in error.headers)
    if (name !== 'retry-after') lines.push(name, error.headers[name] as string)
  return lines
}

/** What the request headers ask of the call. Throws `BadRequestError` naming the header. */
export function readHints(
  headers: IncomingHttpHeaders,
  clientIp: string | undefined,
  ask: {
    readonly formatHeaders: readonly string[] | undefined
    readonly forwardAll: boolean
    readonly tagHeaders?: readonly string[] | undefined
  },
): RequestHints {
  const trace = one(headers['x-litellm-trace-id'])
  return {
    timeoutMs: seconds(headers, 'x-litellm-timeout'),
    streamTimeoutMs: seconds(headers, 'x-litellm-stream-timeout'),
    numRetries: wholeNumber(headers, 'x-litellm-num-retries'),
    tags: list(one(headers['x-litellm-tags'])),
    tagged: taggedBy(headers, ask.tagHeaders),
    agentId: one(headers['x-litellm-agent-id']),
    endUser: one(headers['x-litellm-customer-id']) ?? one(headers['x-litellm-end-user-id']),
    traceId: trace,
    sessionId: one(headers['x-litellm-session-id']) ?? trace ?? vendorSession(headers),
    spendMetadata: json(headers, 'x-litellm-spend-logs-metadata'),
    explain: yesOrNo(headers, 'x-sluice-explain'),
    clientIp,
    userAgent: one(headers['user-agent']),
    formatHeaders: picked(headers, ask.formatHeaders),
    resumable: yesOrNo(headers, RESUMABLE_HEADER),
    forward: forwarded(headers, ask.forwardAll),
  }
}

/** A program's own header for its session: `x-<vendor>-session-id` of at least eight characters. */
function vendorSession(headers: IncomingHttpHeaders): string | undefined {
  for (const name in headers) {
    if (!name.startsWith('x-') || !name.endsWith('-session-id')) continue
    const value = one(headers[name])
    if (value !== undefined && value.length >= 8) return value
  }
  return undefined
}

function taggedBy(headers: IncomingHttpHeaders, names: readonly string[] = []): string[] | undefined {
  if (names.length === 0) return undefined
  const values = names.map(name => one(headers[name])?.trim()).filter(value => value !== undefined)
  return values.length === 0 ? undefined : values.filter(value => value !== '')
}

/** Headers named in `names`; `undefined` when there are none. */
function picked(
  headers: IncomingHttpHeaders,
  names: readonly string[] = [],
): Record<string, string> | undefined {
  let out: Record<string, string> | undefined
  for (const name of names) {
    const value = one(headers[name])
    if (value === undefined) continue
    out ??= {}
    out[name] = value
  }
  return out
}

/**
 * Headers to send on: `x-pass-<name>` always, under their own name; other `x-` headers when the operator says so
 * (`forward_client_headers_to_llm_api`). Never ours, never what frames, routes or authenticates.
 */
function forwarded(headers: IncomingHttpHeaders, all: boolean): Record<string, string> | undefined {
  let out: Record<string, string> | undefined
  for (const name in headers) {
    if (!name.startsWith('x-')) continue
    const passed = name.startsWith('x-pass-')
    if (!passed && !(all && isForwardable(name))) continue
    const target = passed ? name.slice('x-pass-'.length) : name
    if (target === '' || OWN_HEADERS.has(target)) continue
    out ??= {}
    out[target] = one(headers[name]) ?? ''
  }
  return out
}

const NOT_FORWARDED = ['x-litellm-', 'x-sluice-', 'x-stainless-', 'x-forwarded-'] as const

function isForwardable(name: string): boolean {
  return (
    !NOT_FORWARDED.some(prefix => name.startsWith(prefix)) &&
    name !== 'x-api-key' &&
    name !== 'x-goog-api-key'
  )
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value || undefined
}

function list(value: string | undefined): string[] | undefined {
  return value
    ?.split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function seconds(headers: IncomingHttpHeaders, name: string): number | undefined {
  const value = one(headers[name])
  if (value === undefined) return undefined
  const number = Number(value)
  if (!(number > 0)) throw badRequest(`${name}: must be a number of seconds above 0, got "${value}".`, name)
  return number * 1000
}

function wholeNumber(headers: IncomingHttpHeaders, name: string): number | undefined {
  const value = one(headers[name])
  if (value === undefined) return undefined
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0)
    throw badRequest(`${name}: must be a whole number of at least 0, got "${value}".`, name)
  return number
}

function yesOrNo(headers: IncomingHttpHeaders, name: string): boolean | undefined {
  const value = one(headers[name])?.toLowerCase()
  if (value === undefined) return undefined
  if (value !== 'true' && value !== 'false')
    throw badRequest(`${name}: must be true or false, got "${value}".`, name)
  return value === 'true'
}

function json(headers: IncomingHttpHeaders, name: string) {
  const value = one(headers[name])
  if (value === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    if (isJsonObject(parsed)) return parsed
  } catch {
    // Told below, with the header's name.
  }
  throw badRequest(`${name}: must be a JSON object.`, name)
}

/** `action param; action param`, at most 2 kB, in ASCII as headers need. */
function warningsLine(warnings: readonly { readonly action: string; readonly param: string }[]): string {
  const text = warnings.map(({ action, param }) => `${action} ${param}`).join('; ')
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 2000)
}

function withoutQuery(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? url : url.slice(0, at)
}
