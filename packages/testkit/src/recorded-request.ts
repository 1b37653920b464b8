import type { IncomingHttpHeaders } from 'node:http'
import type { Head, WireName } from './wire/wire.ts'

/** A request as it arrived. */
export class RecordedRequest {
  /** 1 for the first request of this upstream. */
  readonly sequence: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `undefined` when no wire knows the path. */
  readonly wire: WireName | undefined
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly raw: Buffer
  #body: { value: unknown } | undefined

  constructor(sequence: number, wire: WireName | undefined, head: Head, raw: Buffer) {
    this.sequence = sequence
    this.at = Date.now()
    this.wire = wire
    this.method = head.method
    this.path = head.path
    this.query = head.query
    this.headers = head.headers
    this.raw = raw
  }

  /** The parsed JSON body; `undefined` when it is empty or not JSON. */
  get body(): unknown {
    this.#body ??= { value: parsed(this.raw) }
    return this.#body.value
  }
}

function parsed(raw: Buffer): unknown {
  if (raw.length === 0) return undefined
  try {
    return JSON.parse(raw.toString())
  } catch {
    return undefined
  }
}
