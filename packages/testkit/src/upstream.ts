import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AbortedResponse, Journal } from './journal.ts'
import type { RecordedRequest } from './recorded-request.ts'
import { Responder } from './responder.ts'
import { type Script, type ScriptHandle, Scripts } from './script.ts'
import type { MintedTokens } from './state/minted-tokens.ts'
import { Failure } from './wire/failure.ts'
import { readForm } from './wire/form.ts'
import { isForm } from './wire/read-body.ts'
import type { WireName } from './wire/wire.ts'
import { wires } from './wire/wires.ts'

export interface UpstreamOptions {
  /**
   * The wires to serve, in the order their routes are tried. Default: all, those whose paths collide with another's
   * only below `/<wire>/`. Below its prefix every served wire can be reached.
   */
  readonly wires?: readonly WireName[]
  /** Default a free one. */
  readonly port?: number
  /** How many requests to remember, default 1,000. */
  readonly recordLimit?: number
}

/** A fake vendor on 127.0.0.1. */
export interface Upstream {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly url: string
  readonly port: number
  /** The base URL the vendor's own client wants. */
  baseUrl(wire: WireName): string
  /** The last requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  /** Responses that the client cut, oldest first, the last 1,000. */
  readonly aborted: readonly AbortedResponse[]
  /** What the `tokens` wire has minted. */
  readonly tokens: MintedTokens
  /** Open sockets. */
  readonly connections: number
  /** Answers the next matching requests as told. Scripts are used in the order they are given. */
  script(script: Script): ScriptHandle
  /** Forgets scripts, requests, aborts, cached prompts, jobs and tokens. */
  reset(): void
  /** Waits until the condition holds, looking again whenever a request arrives or ends. Rejects after the timeout. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>
  /** Breaks open connections and stops. */
  close(): Promise<void>
}

/** Starts a fake vendor that answers on every wire. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const journal = new Journal(options.recordLimit)
  const scripts = new Scripts()
  const responder = new Responder(options.wires, scripts, journal)
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    readBody(request, response, raw => {
      const type = request.headers['content-type']
      if (!isForm(type)) return responder.respond(request, response, raw)
      const form = readForm(raw, type).catch((error: unknown) => {
        if (error instanceof Failure) return error
        throw error
      })
      void form.then(parsed => responder.respond(request, response, raw, parsed))
    })
  })
  countConnections(server, journal)
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    baseUrl: name => {
      const { prefixed, basePath = '' } = wires[name]
      return `${url}${prefixed ? `/${name}` : ''}${basePath}`
    },
    tokens: responder.state.tokens,
    get requests() {
      return journal.requests
    },
    get aborted() {
      return journal.aborted
    },
    get connections() {
      return journal.connections
    },
    script: script => scripts.add(script),
    reset() {
      scripts.clear()
      journal.clear()
      responder.reset()
    },
    until: (condition, timeoutMs) => journal.until(condition, timeoutMs),
    close: () => closed(server),
  }
}

const bodyLimit = 64 * 1_024 * 1_024

function readBody(request: IncomingMessage, response: ServerResponse, then: (raw: Buffer) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= bodyLimit) chunks.push(chunk)
    else if (!response.headersSent) {
      response.writeHead(413, { connection: 'close' }).end()
    }
  })
  request.on('end', () => {
    if (length > bodyLimit) return
    then(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
  })
  // A request that breaks off has nobody to answer; its response's `close` tells the journal.
  request.on('error', () => response.destroy())
}

function countConnections(server: Server, journal: Journal): void {
  server.on('connection', socket => {
    journal.connected()
    socket.on('close', () => journal.disconnected())
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close(error => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
