const MOST_BYTES = 64 * 1024 * 1024

/** A document by URL, for configuration. Rejects on any status but 200, and beyond 64 MiB or 10 s. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}`)
  const bytes = await response.arrayBuffer()
  if (bytes.byteLength > MOST_BYTES) throw new Error(`${url} is larger than ${MOST_BYTES} bytes`)
  return new TextDecoder().decode(bytes)
}
