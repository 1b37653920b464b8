import type { ErrorFacts, SluiceError } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, EventOf, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Framing, RelayTap, StreamReader, StreamTransform, WireEvent } from '../types/stream.ts'
import type { Usage } from '../types/usage.ts'
import type { Warning } from '../types/warning.ts'
import type { WireBytes, WireForm } from '../types/wire-body.ts'

/** Formats that are the hub itself: their unknown keys are meant for whichever provider is called. */
export const HUB_FORMATS: ReadonlySet<string> = new Set([
  'openai-chat',
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-image-edits',
  'openai-image-variations',
  'openai-videos',
  'mistral-ocr',
  'perplexity-search',
  'openai-moderations',
  'openai-speech',
  'openai-transcriptions',
  'openai-translations',
  'rerank',
])

/**
 * The code that reads and writes one wire format of one endpoint. Pure: no clock, no random, no environment, no
 * socket. The upstream half talks to a provider, the inbound half serves a client that speaks this format.
 */
export interface Codec<E extends EndpointName = EndpointName> {
  readonly endpoint: E
  /** The protocol's name: `openai-chat`, `anthropic-messages`, `gemini` … */
  readonly format: string
  readonly framing: Framing
  readonly upstream: UpstreamHalf<E>
  readonly inbound?: InboundHalf<E>
  /** Present when bytes may pass untouched between a client and a provider that both speak this format. */
  readonly relay?: Relay
}

/** What the upstream half may know of the call. */
export interface CallInfo {
  /** Our call id. */
  readonly id: string
  /** Milliseconds since the epoch when the call began: the only clock a codec has. */
  readonly now: number
  /** The provider's model id. */
  readonly model: string
  readonly stream: boolean
  /** How many answers were asked for (OpenAI's `n`); 1 unless stated. */
  readonly choices?: number | undefined
  readonly deployment: Deployment
  /** The model's output limit where the catalogue knows it (Anthropic must be told a `max_tokens`). */
  readonly maxOutputTokens?: number | undefined
  /** Headers of a client that speaks this format, for providers that want them elsewhere; lower case. */
  readonly clientHeaders?: Readonly<Record<string, string>> | undefined
  /** What the provider is asked, in the hub's words: for replies that can only be read beside it. */
  readonly request?: JsonObject | undefined
  /** True when a request that the provider would refuse may be repaired, each repair recorded (`modify_params`). */
  readonly modifyParams?: boolean | undefined
  /** Records that something could not be carried unchanged. */
  warn(warning: Warning): void
}

export interface WireRequest {
  /** JSON-serialisable; `GET` and `DELETE` send none. */
  readonly body: JsonObject
  /** `POST` unless stated. */
  readonly method?: 'GET' | 'DELETE'
  /** Sent in the body's place, by formats that are not JSON. */
  readonly payload?: WireForm | WireBytes
  /** Headers that belong to the format (`anthropic-beta` …), lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Path below the base URL, where the request decides it; wins over the binding's. */
  readonly path?: string
  /** Added to the URL's query; a name with a list is repeated. */
  readonly query?: WireQuery
}

export type WireQuery = Readonly<Record<string, string | readonly string[]>>

/** A reply as it came, before it is known to be the answer. */
export interface WireReply {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, or `WireBytes` for a codec that takes other replies. */
  readonly body: unknown
}

/** A request that must follow a reply before there is an answer: look at a job again, fetch its result. */
export interface FollowUp {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Absolute, or relative to the URL that was asked first. Other hosts than the provider's own are asked without credentials. */
  readonly url: string
  readonly body?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds to wait first. */
  readonly afterMs: number
  /** True when the answer does not hang on it (tidying up): a refusal, or silence, is then a reply without a body. */
  readonly isOptional?: true
}

/** What a chat format may have no word for. */
export type Unsaid =
  | 'audio'
  | 'cache_control'
  | 'choice'
  | 'detail'
  | 'filename'
  | 'format'
  | 'images'
  | 'is_error'
  | 'name'
  | 'others'
  | 'reasoning'
  | 'refusal'
  | 'schema'
  | 'strict'
  | 'thinking'

export interface UpstreamHalf<E extends EndpointName> {
  /**
   * The request parameters (top-level keys, OpenAI's names) this format can express, `model`, `messages`, `input`
   * and `stream` aside. A known OpenAI parameter that is not here is refused or dropped before `encodeRequest` runs;
   * keys that OpenAI does not know are provider-specific and copied as they are.
   */
  readonly params: ReadonlySet<string>
  /** The values that alone can be expressed, of parameters of which not all can: others are refused or dropped. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>
  /** True when there is no place for fields besides `params`: a receipt is written for each that a request holds. */
  readonly takesNoOthers?: true
  /** What of messages, tools and formats it has no word for: a receipt is written wherever a request holds it. */
  readonly unsaid?: readonly Unsaid[]
  encodeRequest(request: RequestOf<E>, info: CallInfo): WireRequest
  /** The headers of a client that speaks this format, as this provider takes them; as they are unless stated. */
  hears?(headers: Readonly<Record<string, string>>, info: CallInfo): Readonly<Record<string, string>>
  /** True when a reply may be something else than JSON: `WireBytes` is then what `decodeResponse` gets for it. */
  readonly takesBytes?: true
  /**
   * What to send next when a reply is not the answer yet (a job that runs, an upload to refer to); `undefined` when it
   * is. `step` counts the replies, from 0; `url` is what was asked last. The call's deadline bounds the whole. Throws
   * when the job failed. `replies` are all so far, `reply` the last of them, for a format that gathers.
   */
  follow?(
    reply: WireReply,
    request: RequestOf<E>,
    info: CallInfo,
    step: number,
    url: string,
    replies: readonly WireReply[],
  ): FollowUp | undefined
  /** What `decodeResponse` gets where the answer is spread over several replies; the last one's body unless stated. */
  gather?(replies: readonly WireReply[]): unknown
  /**
   * True for an `http(s)` URL of an image, file or recording that this provider will not fetch itself: it is then
   * fetched before `encodeRequest`, which sees a `data:` URI in its place.
   */
  inlines?(url: string, info: CallInfo): boolean
  /** `headers` (lower case) are the reply's: some formats tell usage only there. */
  decodeResponse(body: unknown, info: CallInfo, headers?: Readonly<Record<string, string>>): ResponseOf<E>
  decodeStream?(info: CallInfo): StreamReader<EventOf<E>>
  /**
   * Turns the provider's error body into facts; `undefined` lets the status decide. `headers` (lower case) are the
   * reply's: some formats name the error only there.
   */
  decodeError?(
    status: number,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Partial<ErrorFacts> | undefined
}

/** What the inbound half may know. Facts from the URL win over the body (Gemini names the model in its path). */
export interface InboundInfo {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Model from the path, where the format puts it there. */
  readonly model?: string | undefined
  /** Streaming decided by the path, where the format does so. */
  readonly stream?: boolean | undefined
  /** What stands for the path's other variables: `{video_id}`. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  warn(warning: Warning): void
}

export interface InboundHalf<E extends EndpointName> {
  /** Request headers of this format's clients that its own providers must hear, and no others; lower case. */
  readonly headers?: readonly string[]
  /** True when clients may send `multipart/form-data`: `decodeRequest` then gets a `WireForm`. */
  readonly takesForms?: true
  /**
   * Gets parsed JSON, a `WireForm`, or for `GET` and `DELETE` the query's parameters as an object of strings. Throws
   * `BadRequestError` naming field, rule and remedy.
   */
  decodeRequest(body: unknown, info: InboundInfo): RequestOf<E>
  /** JSON-serialisable, or `WireBytes` to be sent as they are. */
  encodeResponse(response: ResponseOf<E>, request: RequestOf<E>, info: InboundInfo): unknown
  encodeStream?(request: RequestOf<E>, info: InboundInfo): EventEncoder<E>
  /** True when its clients take every line of a stream for data: none may be a comment. */
  readonly takesNoComments?: true
  /** The error body a client of this format expects. */
  encodeError(error: SluiceError, requestId: string): unknown
}

/** Hub events to the client's wire events. After `end` or `fail` nothing more is pushed. */
export interface EventEncoder<E extends EndpointName> extends StreamTransform<EventOf<E>, WireEvent> {
  /**
   * The media type of the stream; `text/event-stream` unless stated. Other types are written from `bytes`. Read after the
   * first events were pushed.
   */
  readonly contentType?: string | undefined
  /** The error event of this format; never followed by a clean end mark. */
  fail(error: SluiceError, requestId: string): Iterable<WireEvent>
}

/** How to let bytes pass and still know what they cost. */
export interface Relay {
  /**
   * True when the hub is this very format: providers then differ in small ways, so the client's bytes are sent only if
   * encoding changed no value of them.
   */
  readonly sameHub?: boolean
  /** True when the provider's requests differ and only its answers may pass: the request is always encoded. */
  readonly answersOnly?: boolean
  /** The body key that holds the model, or `undefined` when the model is in the path. */
  readonly modelKey?: 'model'
  /** Top-level keys to add so that the provider reports usage (`stream_options` …), given the parsed request. */
  readonly streamExtras?: (request: JsonObject) => JsonObject | undefined
  tap(request: JsonObject, info: CallInfo): RelayTap
  /** Usage of a whole reply body. */
  usage(body: unknown): {
    usage?: Usage | undefined
    id?: string | undefined
    serviceTier?: string | undefined
  }
}

export type { Framing, RelayTap }
