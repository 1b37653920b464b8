import type { Usage } from './usage.ts'

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

/** Watches relayed SSE frames. Must be cheap: it runs per frame on the hot path. */
export interface RelayTap {
  /** Sees one frame's `event:` (if any) and `data:` lines, without the blank line. Returns false to withhold the frame. Throws on an error event. */
  push(frame: string): boolean
  /** Throws when the stream ended before its end mark. */
  end(): void
  /** After `end`: the frame that clients wait for and the provider left out of a complete answer. */
  readonly missing?: string | undefined
  /** What is known so far; `usage` absent means the provider has not said. */
  readonly usage?: Usage | undefined
  readonly id?: string | undefined
  /** The tier that served it, in the provider's word. */
  readonly serviceTier?: string | undefined
  /** Characters of model output seen, for an estimate when the stream is cut before usage arrives. */
  readonly textLength: number
}
