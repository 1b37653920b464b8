import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError, SluiceError } from '../errors.ts'
import type { EndpointName, ResponseOf } from '../types/endpoint-map.ts'
import type { CallHost, Prepared } from './shapes.ts'

/** The longest one file of an answer may take to arrive, milliseconds. */
const LONGEST_MS = 60_000
/** Characters of all files of an answer as base64. */
const MOST_CHARACTERS = 200 * 1024 * 1024

/**
 * The answer with the files that the caller wants where the provider gave only their addresses. Addresses at the
 * provider's own host are trusted; others must be public. What cannot be fetched stays an address, with a receipt: the
 * answer is paid for.
 */
export async function withReplyMedia<E extends EndpointName>(
  prepared: Prepared<E>,
  response: ResponseOf<E>,
  host: CallHost,
): Promise<ResponseOf<E>> {
  const endpoint: Endpoint<E> = endpoints[prepared.ask.endpoint]
  const urls = endpoint.replyMediaUrls?.(prepared.ask.request, response) ?? []
  if (urls.length === 0) return response
  const fetched = new Map<string, string>()
  let size = 0
  for (const url of new Set(urls)) {
    if (size > MOST_CHARACTERS) {
      prepared.info.warn(receipt('the files before it have more than 150 MB'))
      break
    }
    const file = await fetchFile(prepared, url, host)
    if (file === undefined) continue
    fetched.set(url, file)
    size += file.length
  }
  return endpoint.withReplyMedia?.(response, fetched) ?? response
}

async function fetchFile<E extends EndpointName>(
  { outgoing, limits, info }: Prepared<E>,
  url: string,
  host: CallHost,
): Promise<string | undefined> {
  const timeoutMs = Math.min(limits.timeoutMs, LONGEST_MS)
  try {
    if (!URL.canParse(url)) throw badUrl()
    if (new URL(url).origin !== new URL(outgoing.url).origin)
      return base64Of(await host.media.fetch(url, timeoutMs, limits.signal))
    const headers = { 'user-agent': outgoing.headers['user-agent'] ?? '' }
    const reply = await host.transport.exchange({ method: 'GET', url, headers }, { ...limits, timeoutMs })
    if (reply.status === 200) return reply.body.toString('base64')
    info.warn(receipt(`the provider's server answered with status ${reply.status}`))
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind === 'aborted') throw error
    info.warn(receipt(error.message))
  }
  return undefined
}

function badUrl() {
  return createError({ kind: 'bad_gateway', message: 'its address is no URL.' })
}

function base64Of(dataUri: string): string {
  return dataUri.slice(dataUri.indexOf(',') + 1)
}

function receipt(why: string) {
  return {
    action: 'approximated' as const,
    param: 'response_format',
    reason: `the file could not be fetched and stays a URL: ${why}`,
  }
}
