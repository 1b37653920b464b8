import type { Rig } from '../gateway.ts'

export interface Sent {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
  readonly list: readonly Readonly<Record<string, unknown>>[]
  /** Of an error. */
  readonly message: string
  readonly param: unknown
}

/** One call with the master key, or with `key`; the body is sent as JSON. */
export async function send(
  { gateway }: Pick<Rig, 'gateway'>,
  method: string,
  path: string,
  body?: unknown,
  key = gateway.masterKey,
): Promise<Sent> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = (text === '' ? {} : JSON.parse(text)) as Sent['json'] & { error?: Record<string, unknown> }
  return {
    status: response.status,
    json,
    list: Array.isArray(json) ? json : [],
    message: String(json.error?.['message'] ?? ''),
    param: json.error?.['param'],
  }
}
