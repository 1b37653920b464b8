import { isIP } from 'node:net'
import { createError, SluiceError } from '../../errors.ts'
import type { CancelSignal } from '../../types/cancel-signal.ts'
import type { Transport, WholeReply } from '../transport.ts'
import { createTransport } from '../undici-transport.ts'
import { isPublicAddress, PrivateAddressError, publicLookup } from './public-address.ts'

/** Which strangers' URLs may be fetched, and how much of them. */
export interface MediaPolicy {
  /** Bytes of one file; 0 switches fetching off. */
  readonly maxBytes: number
  /** False: any address may be reached. Only for operators who trust everyone who sends URLs. */
  readonly validateUrls: boolean
  /** Hosts (with or without port, as in the URL) that may be reached although they are private. */
  readonly allowedHosts: readonly string[]
}

export const DEFAULT_MEDIA_POLICY: MediaPolicy = {
  maxBytes: 50 * 1024 * 1024,
  validateUrls: true,
  allowedHosts: [],
}

export interface MediaFetcher {
  /** The file behind an `http(s)` URL as a `data:` URI. Throws `BadRequestError` when it may not or cannot be had. */
  fetch(url: string, timeoutMs: number, signal: CancelSignal | undefined): Promise<string>
  /** As a transport's, to the same addresses as `fetch`. For those that providers name; follows no redirects. */
  readonly exchange: Transport['exchange']
  close(): Promise<void>
}

const MOST_REDIRECTS = 3

/** Fetches files that callers name by URL, from public addresses only unless the policy says otherwise. */
export function createMediaFetcher(policy: () => MediaPolicy = () => DEFAULT_MEDIA_POLICY): MediaFetcher {
  const guarded = createTransport({ connections: 16, lookup: publicLookup })
  const open = createTransport({ connections: 16 })
  const to = (url: URL) => (isFree(url, policy()) ? open : guarded)
  return {
    async exchange(request, limits) {
      const url = new URL(request.url)
      try {
        return await to(url).exchange(request, limits)
      } catch (error) {
        throw isPrivate(error) ? hidden(url, error) : error
      }
    },
    async fetch(url, timeoutMs, signal) {
      const { maxBytes } = policy()
      if (maxBytes === 0)
        throw refused(url, 'fetching URLs is switched off here; send the file as a data: URI')
      let at = new URL(url)
      for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
        const reply = await get(to, at, { timeoutMs, maxBytes, signal })
        const next = redirectOf(reply, at)
        if (next === undefined) return dataUri(reply, url)
        at = next
      }
      throw refused(url, `it redirects more than ${MOST_REDIRECTS} times`)
    },
    close: async () => void (await Promise.all([guarded.close(), open.close()])),
  }
}

function isFree(url: URL, policy: MediaPolicy): boolean {
  if (!policy.validateUrls) return true
  if (policy.allowedHosts.includes(url.hostname) || policy.allowedHosts.includes(url.host)) return true
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw new PrivateAddressError(url.host)
  return false
}

async function get(
  to: (url: URL) => Transport,
  url: URL,
  limits: { timeoutMs: number; maxBytes: number; signal: CancelSignal | undefined },
): Promise<WholeReply> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(url.href, `it leads to a ${url.protocol} address`)
  url.hash = ''
  try {
    const headers = { accept: '*/*', 'user-agent': 'sluice/0.1.0' }
    return await to(url).exchange({ method: 'GET', url: url.href, headers }, limits)
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'aborted') throw error
    if (isPrivate(error)) throw unreachable(url)
    throw refused(url.href, reasonOf(error, limits.maxBytes), error)
  }
}

function reasonOf(error: unknown, maxBytes: number): string {
  if (!(error instanceof SluiceError)) return 'the connection failed'
  if (error.kind === 'bad_gateway') return `it has more than ${maxBytes} bytes`
  if (error.kind === 'timeout') return 'its server took too long'
  return `the connection failed${error.code ? ` (${error.code})` : ''}`
}

function isPrivate(error: unknown): boolean {
  return causes(error).some(cause => cause instanceof PrivateAddressError)
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : []
}

function redirectOf({ status, headers }: WholeReply, from: URL): URL | undefined {
  if (status < 300 || status >= 400 || headers.location === undefined) return undefined
  return URL.canParse(headers.location, from) ? new URL(headers.location, from) : undefined
}

function dataUri({ status, headers, body }: WholeReply, url: string): string {
  if (status !== 200) throw refused(url, `its server answered with status ${status}`)
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === '' || type === 'text/html' || type === 'application/json')
    throw refused(url, `it holds ${type || 'nothing that says what it is'}, not a media file`)
  return `data:${type};base64,${body.toString('base64')}`
}

function unreachable(url: URL) {
  return refused(
    url.href,
    'its address is not public; an operator may allow the host in user_url_allowed_hosts',
  )
}

function hidden(url: URL, cause: unknown) {
  const message = `The provider's answer lies at ${url.host}, which is not public; an operator may allow the host in user_url_allowed_hosts.`
  return createError({ kind: 'bad_gateway', message, retryable: false, cause })
}

/** The host is named, not the URL: its query may hold a signature. */
function refused(url: string, why: string, cause?: unknown) {
  const host = URL.canParse(url) ? new URL(url).host : 'the URL'
  const message = `A file at ${host} could not be fetched for the provider: ${why}.`
  return createError({ kind: 'bad_request', message, param: 'messages', code: 'image_fetch_error', cause })
}
