import type { Call, Prepared } from './call-shapes.ts'
import type { CallInfo, Codec } from './codecs/codec.ts'
import { spliceModel } from './transport/splice-model.ts'
import type { EndpointName, RequestOf } from './types/endpoint-map.ts'
import type { JsonObject } from './types/json.ts'
import type { Warning } from './types/warning.ts'

const USER_AGENT = 'sluice/0.1.0'

export type Relayed = Prepared<EndpointName>['relayed']

/** A reply in the client's own format may pass as it is, whatever had to be done to the request. */
export function relayOf<E extends EndpointName>({ original }: Call<E>, codec: Codec<E>): Relayed {
  if (codec.relay === undefined || original?.format !== codec.format) return undefined
  return { relay: codec.relay, body: original.body }
}

interface Encoded {
  readonly body: Buffer | string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

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
export function joinHeaders(
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
