import type { Endpoint } from '../../../../endpoints/endpoint.ts'
import { endpoints } from '../../../../endpoints/registry.ts'
import { SluiceError } from '../../../../errors.ts'
import { urlOf } from '../../../../providers/bind.ts'
import { applyParamRules } from '../../../../providers/params/param-rules.ts'
import type { Deployment } from '../../../../types/deployment.ts'
import type { JsonObject } from '../../../../types/json.ts'
import type { Warning } from '../../../../types/warning.ts'
import { type FormField, type WireBytes, WireForm } from '../../../../types/wire-body.ts'
import type { CallInfo } from '../../../codec.ts'
import { encodeWithReceipts } from '../../../receipts/receipts.ts'
import { PDF_URI, PICTURE_URI } from './cases/files.ts'
import type { Column } from './columns.ts'

/** Milliseconds since the epoch of every golden call. */
export const NOW = 1_700_000_000_000

export interface Told {
  readonly info: CallInfo
  readonly warnings: Warning[]
}

/** What the upstream half is told of a call. */
export function upstreamInfo({ provider, binding, model }: Column, request: JsonObject): Told {
  const warnings: Warning[] = []
  const deployment: Deployment = {
    ...{ id: 'd', group: 'g', provider: provider.name, model },
    ...(typeof provider.baseUrl !== 'string' && { apiBase: 'https://own.example' }),
  }
  const info: CallInfo = {
    ...{ id: 'call-1', now: NOW, deployment, request },
    model: binding.model ? binding.model(model) : model,
    maxOutputTokens: 64_000,
    stream: request.stream === true && binding.codec.upstream.decodeStream !== undefined,
    choices: typeof request.n === 'number' ? request.n : undefined,
    warn: warning => void warnings.push(warning),
  }
  return { info, warnings }
}

/** What a case becomes at a column: method, URL, headers, body and what was noted; or its refusal. */
export function encodeCase(column: Column, asked: JsonObject): JsonObject {
  const { provider, binding, model } = column
  const endpoint = endpoints[column.endpoint] as Endpoint
  const { codec } = binding
  const { info, warnings } = upstreamInfo(column, { ...asked, model })
  const strictness = { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] }
  const target = { endpoint, codec, provider, deployment: info.deployment, model }
  return orRefusal(() => {
    const fetched = inlined(endpoint, column, { ...asked, model }, info)
    const request = applyParamRules(fetched as never, target, strictness, info.warn)
    const { wire, warnings: more } = encodeWithReceipts(codec, request, { ...info, request })
    warnings.push(...more)
    const { method = 'POST', headers, payload, body } = wire
    return {
      ask: `${method} ${urlOf(provider, binding, info, undefined, wire)}`,
      ...(headers && Object.keys(headers).length > 0 && { headers }),
      ...(method === 'POST' && (payload ? shownPayload(payload) : { body: plain(body) })),
      ...shownNext(column, request, info),
      ...(warnings.length > 0 && {
        warnings: warnings.map(({ action, param, reason }) => `${action} ${param}: ${reason}`),
      }),
    }
  })
}

/** What `run` gives, or the error that a client would be told in its place. */
export function orRefusal<T>(run: () => T): T | { refused: string } {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    const { kind, param, message } = error
    return { refused: `${kind}${param === undefined ? '' : ` (${param})`}: ${message}` }
  }
}

/** The request after the step that fetches what its provider will not. */
export function inlined(
  endpoint: Endpoint,
  { binding }: Column,
  request: JsonObject,
  info: CallInfo,
): JsonObject {
  const { inlines } = binding.codec.upstream
  if (inlines === undefined || endpoint.withMediaUrls === undefined) return request
  const fetched = (url: string) => {
    if (!url.startsWith('http') || !inlines(url, info)) return url
    return url.endsWith('.pdf') ? PDF_URI : PICTURE_URI
  }
  return endpoint.withMediaUrls(request as never, fetched)
}

/** What is asked once a file has been taken, for formats that send files first. */
function shownNext(column: Column, request: JsonObject, info: CallInfo): JsonObject | undefined {
  const { format, upstream } = column.binding.codec
  const body = Object.hasOwn(UPLOADED, format) ? UPLOADED[format] : undefined
  if (body === undefined) return undefined
  const reply = { status: 200, headers: {}, body }
  const next = upstream.follow?.(reply, request as never, info, 0, '', [reply])
  return next && { next: { ask: `${next.method} ${next.url}`, body: plain(next.body) } }
}

/** What is answered to an upload. */
const UPLOADED: Readonly<Record<string, JsonObject>> = {
  'assemblyai-transcriptions': { upload_url: 'https://cdn.assemblyai.com/upload/1' },
  'soniox-transcriptions': { id: 'file-1' },
}

function shownPayload(payload: WireForm | WireBytes): JsonObject {
  if (payload instanceof WireForm) return { form: payload.fields.map(shownField) }
  const { contentType: type, bytes } = payload
  return /xml$|json$/.test(type) ? { type, text: bytes.toString() } : { type, size: bytes.length }
}

function shownField([name, value]: FormField): JsonObject {
  if (typeof value === 'string') return { [name]: value }
  return { [name]: { filename: value.filename, type: value.contentType, size: value.bytes.length } }
}

/** As it is on the wire. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}
