import type { Usage } from './usage.ts'

/** A stream step without I/O: feed items, get items; `end` flushes. Both may throw a `SluiceError`. */
export interface StreamTransform<In, Out> {
  push(item: In): Iterable<Out>
  /** Called once, when the source ended by itself. Throws when the stream was cut before its end mark. */
  end(): Iterable<Out>
}

/** Reads a provider's stream. */
export interface StreamReader<Event> extends StreamTransform<WireEvent, Event> {
  /** What the provider has told of usage so far, where that is before its end: what a stream that breaks off is charged. */
  readonly toldUsage?: Usage | undefined
}

/** How events lie on the wire. Each framing exists once, in `transport/`; codecs never see bytes. */
export type Framing = 'sse' | 'ndjson' | 'aws-event-stream' | 'bytes'

/** One un-framed event of a wire format: an SSE event, an NDJSON line, an AWS message, a piece of a binary body. */
export interface WireEvent {
  /** SSE's `event:` field; AWS's `:event-type` or `:exception-type`. */
  readonly event?: string | undefined
  /** The payload as text; empty where `bytes` is set. */
  readonly data: string
  /** True for an AWS exception message. */
  readonly exception?: true
  /** A piece of a body that is not text (framing `bytes`). */
  readonly bytes?: Buffer
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
  /** True while output that was seen may not be counted in `usage` yet. */
  readonly isPartial?: boolean | undefined
  readonly id?: string | undefined
  /** The tier that served it, in the provider's word. */
  readonly serviceTier?: string | undefined
  /** True while nothing that was seen is output: a stream that fails now has given the caller nothing. */
  readonly isPreamble?: boolean | undefined
  /** Characters of model output seen, for an estimate when the stream is cut before usage arrives. */
  readonly textLength: number
}
