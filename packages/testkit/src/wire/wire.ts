import type { IncomingHttpHeaders } from 'node:http'
import type { Answer, Asked } from '../answer/conversation.ts'
import type { JsonObject } from '../json.ts'
import type { UpstreamState } from '../state/upstream-state.ts'
import type { WireAnswer, WireCall } from './call.ts'
import type { Failure } from './failure.ts'

export type WireName =
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'gemini'
  | 'vertex'
  | 'tokens'
  | 'bedrock'
  | 'sagemaker'
  | 'media'
  | 'rerank'
  | 'cohere'
  | 'ollama'
  | 'bfl'
  | 'chat-images'
  | 'dashscope'
  | 'documents'
  | 'fal'
  | 'modelscope'
  | 'recraft'
  | 'runway'
  | 'assemblyai'
  | 'azure-speech'
  | 'deepgram'
  | 'elevenlabs'
  | 'minimax-speech'
  | 'mistral-audio'
  | 'watsonx-audio'
  | 'polly'
  | 'soniox'
  | 'searches'
  | 'stability'
  | 'topaz'
  | 'a2a'
  | 'aleph-alpha'
  | 'gigachat'
  | 'langflow'
  | 'langgraph'
  | 'manus'
  | 'nlp-cloud'
  | 'oci'
  | 'sap'
  | 'elsewhere'
  | 'prompt-servers'

/** A request's head as a wire sees it. */
export interface Head {
  readonly method: string
  /** The path below the wire's prefix. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** `/<wire>` when the request came by a wire's prefix. */
  readonly prefix?: string | undefined
}

/** How the events of a stream lie on the wire. */
export type Framing = 'sse' | 'json-array' | 'ndjson' | 'aws-event-stream' | 'bytes'

/** What the path decides. */
export interface Route {
  readonly operation: Operation
  /** The model, where the path names it. */
  readonly model?: string | undefined
  /** Whether to stream, where the path says so. */
  readonly stream?: boolean | undefined
  /** Default `sse`. */
  readonly framing?: Framing | undefined
  /** What else the path names: a job's id, a file's. */
  readonly params?: Readonly<Record<string, string>> | undefined
}

/** A kind of work that a fake vendor can do. */
export type Operation = ChatOperation | PlainOperation | CallOperation

/** What an operation may word otherwise than the rest of its wire. */
interface OwnWords {
  /** Instead of the wire's. */
  frame?(event: unknown): string
  /** Instead of the wire's. */
  failureEvent?(failure: Failure, sequence: number): unknown
  /** Instead of the wire's. */
  failure?(failure: Failure, sequence: number): FailureReply
}

export interface ChatOperation extends OwnWords {
  readonly kind: 'chat'
  /** Checks the body against the vendor's rules and reads it. Throws `Violation` or `Failure`. */
  read(body: JsonObject, route: Route): Asked
  whole(answer: Answer, asked: Asked, sequence: number): JsonObject
  /** The events of a stream, end mark included. */
  events(answer: Answer, asked: Asked, sequence: number): unknown[]
}

/** JSON in, JSON out. */
export interface PlainOperation {
  readonly kind: 'plain'
  /** Checks and answers. Throws `Violation` or `Failure`. */
  reply(body: JsonObject, route: Route): JsonObject
}

/** How a request's body may be written. `list`: a JSON list, which stays in `raw`. `none`: no body, as of a GET. */
export type BodyKind = 'json' | 'list' | 'form' | 'urlencoded' | 'bytes' | 'none'

/** Any other exchange: forms, bytes, text, streams that are no chat, jobs. */
export interface CallOperation extends OwnWords {
  readonly kind: 'call'
  /** Default JSON, or nothing for GET and DELETE. */
  readonly takes?: readonly BodyKind[]
  /** Checks and answers. Throws `Violation` or `Failure`. */
  answer(call: WireCall): WireAnswer | Promise<WireAnswer>
}

export interface FailureReply {
  readonly status: number
  /** A `content-type` among them is used for the body; default JSON. */
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent as it is. */
  readonly body: JsonObject | string
}

export interface SampleRequest {
  readonly path: string
  readonly body: JsonObject
}

/** What is shown to `authorize`. */
export interface Shown {
  readonly head: Head
  readonly raw: Buffer
  readonly state: UpstreamState
}

/** One vendor's HTTP API. */
export interface Wire {
  readonly name: WireName
  /** Reachable only below `/<wire>/` (or when a test names it in `wires`): another wire has the same paths. */
  readonly prefixed?: boolean
  /** What the vendor's own client wants after the host, as `/v1`; default nothing. */
  readonly basePath?: string
  /** Finds the operation; `undefined` when the path is not this wire's. Throws `Failure` for a bad head. */
  route(head: Head): Route | undefined
  /** The key the client showed, if any. A wire that needs none returns some text. */
  credential(head: Head): string | undefined
  /** Checks more than that there is a key: minted tokens, signatures. Throws `Failure`. */
  authorize?(shown: Shown): void | Promise<void>
  /** Headers the vendor sends with every reply. */
  headers(sequence: number): Readonly<Record<string, string>>
  failure(failure: Failure, sequence: number): FailureReply
  /** The event that tells a failure in the middle of a stream. Raw bytes have none: the connection breaks. */
  failureEvent(failure: Failure, sequence: number): unknown
  /** Writes one event as server-sent event text; a string is written as it is. Default: `data:` and JSON. */
  frame?(event: unknown): string
  /** A minimal chat request that asks for a stream; only chat wires have one. */
  sample?(text: string, model: string, includeUsage: boolean): SampleRequest
}
