import type { SendBytes } from '../../spend/sinks/spend-sink.ts'

const TIMEOUT_MS = 60_000

/** One request with a body of bytes; follows no redirect. Rejects when there is no answer within a minute. */
export const sendBytes: SendBytes = async (url, { method, headers, body }) => {
  const response = await fetch(url, {
    ...{ method, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) },
    ...(body !== undefined && { body: new Uint8Array(body) }),
  })
  const text = await response.text()
  return { ok: response.ok, status: response.status, text, headers: response.headers }
}
