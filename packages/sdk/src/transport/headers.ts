type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Undici's header object with repeated headers joined. */
export function flattenHeaders(raw: RawHeaders): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in raw) {
    const value = raw[name]
    if (typeof value === 'string') headers[name] = value
    else if (value !== undefined) headers[name] = value.join(', ')
  }
  return headers
}
