import type { CallInfo } from '../codecs/codec.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError } from '../errors.ts'
import { findBinding } from '../providers/bind.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Call, CallHost } from './shapes.ts'

/** The longest a caller's file may take to arrive, milliseconds. */
const LONGEST_MS = 60_000
/** Files fetched at once for one call. */
const AT_ONCE = 4
/** Files of one call, and the characters of all of them as base64: they are held in memory until they are sent. */
const MOST_FILES = 500
const MOST_CHARACTERS = 200 * 1024 * 1024

/** URLs of the request that its provider will not fetch itself; `undefined`, without a look, where it fetches all. */
export function urlsToInline<E extends EndpointName>(ask: Call<E>, host: CallHost): string[] | undefined {
  const { deployment, endpoint: name, clientFormat } = ask
  const provider = host.providers.get(deployment.provider)
  const upstream = provider && findBinding(provider, name, clientFormat, deployment.model)?.codec.upstream
  if (upstream?.inlines === undefined || deployment.mockResponse !== undefined) return undefined
  const endpoint: Endpoint<E> = endpoints[name]
  const info = { model: deployment.model, deployment } as CallInfo
  const urls = endpoint.mediaUrls?.(ask.request).filter(url => isHttp(url) && upstream.inlines?.(url, info))
  return urls?.length ? [...new Set(urls)] : undefined
}

/** The call with those URLs as `data:` URIs. Its original bytes no longer say the same. */
export async function inlineMedia<E extends EndpointName>(
  ask: Call<E>,
  urls: readonly string[],
  host: CallHost,
): Promise<Call<E>> {
  const timeoutMs = Math.min(ask.timeoutMs, LONGEST_MS)
  if (urls.length > MOST_FILES) throw tooMuch(`names ${urls.length} files; at most ${MOST_FILES} are`)
  let size = 0
  const inlined = new Map<string, string>()
  for (let at = 0; at < urls.length; at += AT_ONCE) {
    const batch = urls.slice(at, at + AT_ONCE)
    const files = await Promise.all(batch.map(url => host.media.fetch(url, timeoutMs, ask.signal)))
    for (const [index, url] of batch.entries()) inlined.set(url, files[index] as string)
    size = files.reduce((sum, file) => sum + file.length, size)
    if (size > MOST_CHARACTERS) throw tooMuch('names more than 150 MB of files; no more is')
  }
  const endpoint: Endpoint<E> = endpoints[ask.endpoint]
  const request = endpoint.withMediaUrls?.(ask.request, url => inlined.get(url) ?? url) ?? ask.request
  return { ...ask, request, original: undefined }
}

function tooMuch(why: string) {
  return createError({
    kind: 'too_large',
    message: `The request ${why} fetched for one call. Send fewer or smaller ones.`,
    param: 'messages',
  })
}

function isHttp(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('http://')
}
