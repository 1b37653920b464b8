import { Agent, type ClientRequest, type IncomingHttpHeaders, request as openRequest } from 'node:http'

/** What came back over HTTP. */
export interface Exchange {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** False when the connection broke before HTTP said the body was whole. */
  readonly complete: boolean
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Over a connection of its own, closed afterwards. */
  readonly fresh?: boolean
  /** Sees the request before it is sent: to hang up on it. */
  readonly onRequest?: (request: ClientRequest) => void
  /** Sees each piece of the answer with everything so far. */
  readonly onData?: (body: string) => void
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/** One HTTP exchange whose path goes out exactly as written. Rejects only when no status line arrived. */
export function exchange(base: string, path: string, asking: Asking = {}): Promise<Exchange> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const request = openRequest(
      {
        hostname,
        port,
        path,
        method: asking.method ?? 'GET',
        headers: asking.headers,
        agent: asking.fresh ? false : agent,
      },
      response => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          body += piece
          asking.onData?.(body)
        })
        response.on('error', () => {})
        response.on('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            complete: response.complete,
          }),
        )
      },
    )
    request.on('error', reject)
    asking.onRequest?.(request)
    request.end(asking.body)
  })
}
