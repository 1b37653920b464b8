const MOST_BYTES = 4 * 1024 * 1024
const MOST_MS = 5_000

/** Carries the status of an answer that was no success. */
export class FetchError extends Error {
  readonly status: number

  constructor(url: string, status: number) {
    super(`${new URL(url).origin} answered with status ${status}`)
    this.status = status
  }
}

/** A JSON document by URL; a form is posted to it. Rejects with `FetchError` on any status but 2xx; on redirects, beyond 4 MiB and 5 s. */
export async function fetchJson(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  form?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await boundedFetch(url, {
    headers: { accept: 'application/json', ...headers },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  if (!response.ok) throw new FetchError(url, response.status)
  return await response.json()
}

/** `fetch` for talking to identity providers: no redirects, at most 4 MiB and 5 s. */
export async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(MOST_MS) })
  const bytes: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > MOST_BYTES) throw new Error(`${new URL(url).origin} sent more than ${MOST_BYTES} bytes`)
    bytes.push(chunk)
  }
  const body = response.status === 204 || response.status === 304 ? null : Buffer.concat(bytes)
  return new Response(body, { status: response.status, headers: response.headers })
}
