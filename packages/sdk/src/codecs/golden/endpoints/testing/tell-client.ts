import { endpoints } from '../../../../endpoints/registry.ts'
import { refusal } from '../../../../steps/refusal.ts'
import type { Prepared } from '../../../../steps/shapes.ts'
import { WireBytes } from '../../../../types/wire-body.ts'
import { type Codec, HUB_FORMATS } from '../../../codec.ts'
import { codecs } from '../../../registry.ts'
import { type Column, sheets } from './columns.ts'
import { NOW, orRefusal, plain, upstreamInfo } from './encode-case.ts'
import type { Refusal } from './replies/refusals.ts'
import type { Told } from './replies/replies.ts'

/** What a client of the endpoint's own format gets for a reply; or the error it would be told. */
export function tellClient(endpoint: Column['endpoint'], format: string, told: Told): unknown {
  const column = columnFor(`${endpoint}-${format}`, told)
  const request = { ...endpoints[endpoint].sample, model: column.model, ...told.asked }
  const { info } = upstreamInfo(column, request)
  const { upstream } = column.binding.codec
  return orRefusal(() => {
    const response = upstream.decodeResponse(bodyOf(column, told), info, told.headers)
    const inbound = clientCodec(endpoint).inbound as NonNullable<Codec['inbound']>
    const body = inbound.encodeResponse(response, request as never, { id: 'call-1', now: NOW, warn() {} })
    if (!(body instanceof WireBytes)) return plain(body)
    return { type: body.contentType, bytes: body.bytes.toString('latin1') }
  })
}

function columnFor(sheet: string, { provider, model }: Told): Column {
  const found = sheets
    .get(sheet)
    ?.find(
      column =>
        (provider === undefined || column.provider.name === provider) &&
        (model === undefined || column.model === model),
    )
  if (found) return found
  throw new Error(`${sheet} has no column of ${provider ?? 'any provider'} for ${model ?? 'any model'}.`)
}

function bodyOf({ binding }: Column, { body, bytes, bodies, headers = {} }: Told): unknown {
  if (bytes) return bytes
  // Codecs may keep what they are given, and change it.
  if (bodies === undefined) return structuredClone(body)
  const replies = structuredClone(bodies).map(each => ({ status: 200, headers, body: each }))
  return binding.codec.upstream.gather?.(replies) ?? bodies.at(-1)
}

/** The codec of those who speak the hub's own format; Anthropic's for counts, which OpenAI has not. */
function clientCodec(endpoint: Column['endpoint']): Codec {
  const serving = Object.values(codecs).filter(codec => codec.endpoint === endpoint)
  return (serving.find(({ format }) => HUB_FORMATS.has(format)) ?? serving[0]) as Codec
}

/** What a client of the endpoint's own format is told of a refusal. */
export function tellRefusal({ sheet, status, headers = {}, body, provider: asked }: Refusal): unknown {
  const column = columnFor(sheet, { ...(asked !== undefined && { provider: asked }) })
  const { provider, binding } = column
  const { info } = upstreamInfo(column, endpoints[column.endpoint].sample ?? {})
  const prepared = { codec: binding.codec, info, provider } as unknown as Prepared<'chat'>
  const error = refusal(prepared, { status, headers }, Buffer.from(JSON.stringify(body)))
  const inbound = clientCodec(column.endpoint).inbound as NonNullable<Codec['inbound']>
  return { kind: error.kind, status: error.status, body: plain(inbound.encodeError(error, 'call-1')) }
}
