import type { CallInfo, Codec, WireQuery, WireRequest } from '../codecs/codec.ts'
import { encodeWithReceipts } from '../codecs/receipts/receipts.ts'
import { encodeMultipart } from '../transport/multipart.ts'
import { spliceModel } from '../transport/splice-model.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import { type FormField, WireForm } from '../types/wire-body.ts'
import type { Call, Prepared } from './shapes.ts'

const USER_AGENT = 'sluice/0.1.0'

export type Relayed = Prepared<EndpointName>['relayed']

/** A reply in the client's own format may pass as it is, whatever had to be done to the request. */
export function relayOf<E extends EndpointName>({ original }: Call<E>, codec: Codec<E>): Relayed {
  if (codec.relay === undefined || original?.format !== codec.format) return undefined
  return { relay: codec.relay, body: original.body }
}

interface Encoded {
  readonly path?: string | undefined
  readonly query?: WireQuery | undefined
  readonly method?: WireRequest['method']
  /** Absent where the method has none. */
  readonly body: Buffer | string | undefined
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const JSON_TYPE = 'application/json'

/** The body to send: the client's own bytes where they say the same, else the request encoded. */
export function encode<E extends EndpointName>(
  ask: Call<E>,
  request: RequestOf<E>,
  codec: Codec<E>,
  relayed: Relayed,
  info: CallInfo,
): Encoded {
  const { extraBody } = ask.deployment
  const mayPass = relayed !== undefined && request === ask.request && extraBody === undefined
  if (mayPass && !relayed.relay.sameHub && !relayed.relay.answersOnly) {
    const bytes = originalBytes(ask, relayed, info)
    if (bytes) return { body: bytes, contentType: JSON_TYPE }
  }
  const { wire, warnings } = encodeWithReceipts(codec, request, info)
  const { body, headers, path, query, method } = wire
  if (mayPass && relayed.relay.sameHub && isSame(body, relayed.body, info)) {
    const bytes = originalBytes(ask, relayed, info)
    if (bytes) return { body: bytes, contentType: JSON_TYPE, headers }
  }
  for (const warning of warnings) info.warn(warning)
  if (method) return { method, body: undefined, contentType: JSON_TYPE, headers, path, query }
  return { ...serialised(wire, extraBody), headers, path, query }
}

/** The body as it goes out; what the deployment adds to every body is added to JSON and to forms. */
function serialised(
  { body, payload }: WireRequest,
  extra: Readonly<JsonObject> | undefined,
): Pick<Encoded, 'body' | 'contentType'> {
  if (payload === undefined)
    return { body: JSON.stringify(extra ? { ...body, ...extra } : body), contentType: JSON_TYPE }
  const { bytes, contentType } =
    payload instanceof WireForm ? encodeMultipart(extra ? withFields(payload, extra) : payload) : payload
  return { body: bytes, contentType }
}

function withFields(form: WireForm, extra: Readonly<JsonObject>): WireForm {
  const added = Object.entries(extra).map(
    ([name, value]): FormField => [name, typeof value === 'string' ? value : JSON.stringify(value)],
  )
  return new WireForm([...form.fields, ...added])
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
export function joinHeaders(
  format: Readonly<Record<string, string>> | undefined,
  ...others: (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  const headers: Record<string, string> = {
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
function isSame(wire: JsonObject, body: JsonObject, { stream }: CallInfo): boolean {
  // The codec left it out of a stream: the provider refuses it.
  if (stream && body.stream_options != null && wire.stream_options === undefined) return false
  for (const key in wire) if (wire[key] !== body[key] && !OWNED.has(key)) return false
  for (const key in body) if (!(key in wire) && !OWNED.has(key)) return false
  return true
}
