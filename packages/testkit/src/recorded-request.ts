import type { IncomingHttpHeaders } from 'node:http'
import type { Failure } from './wire/failure.ts'
import { Form } from './wire/form.ts'
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
  /** The whole path. */
  readonly path: string
  /** The path below the wire's prefix; the same when it came without one. */
  readonly wirePath: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly raw: Buffer
  /** The `multipart/form-data` body; `undefined` when there is none or it is damaged. */
  readonly form: Form | undefined
  #body: { value: unknown } | undefined

  constructor(sequence: number, wire: WireName | undefined, head: Head, raw: Buffer, form?: Form | Failure) {
    this.sequence = sequence
    this.at = Date.now()
    this.wire = wire
    this.method = head.method
    this.path = `${head.prefix ?? ''}${head.path}`
    this.wirePath = head.path
    this.query = head.query
    this.headers = head.headers
    this.raw = raw
    this.form = form instanceof Form ? form : undefined
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
