import type { IncomingMessage } from 'node:http'
import { readCredential } from '../auth/credential.ts'
import type { Settings } from '../config/settings.ts'

/** The key a request came with. Google's clients may put it in the query of their own routes; nobody else may. */
export function credentialOf(
  request: Pick<IncomingMessage, 'headers'>,
  path: string,
  query: string,
  settings: Settings,
): string | undefined {
  // Google's routes end in `:method`; other vendors' models may have a colon further up the path.
  const isGoogles = path.lastIndexOf(':') > path.lastIndexOf('/')
  const queryKey = isGoogles && query !== '' ? new URLSearchParams(query).get('key') : null
  return readCredential({
    headers: request.headers,
    queryKey: queryKey ?? undefined,
    keyHeaderName: settings.auth.keyHeaderName,
  })
}
