/** A stream step without I/O: feed items, get items; `end` flushes. Both may throw a `SluiceError`. */
export interface StreamTransform<In, Out> {
  push(item: In): Iterable<Out>
  /** Called once, when the source ended by itself. Throws when the stream was cut before its end mark. */
  end(): Iterable<Out>
}

/** One un-framed event of a wire format: an SSE event, an NDJSON line. */
export interface WireEvent {
  /** SSE's `event:` field. */
  readonly event?: string | undefined
  readonly data: string
}
