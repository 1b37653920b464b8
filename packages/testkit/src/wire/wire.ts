import type { IncomingHttpHeaders } from 'node:http'
import type { Answer, Asked } from '../answer/conversation.ts'
import type { JsonObject } from '../json.ts'
import type { Failure } from './failure.ts'

export type WireName = 'openai' | 'azure' | 'anthropic' | 'gemini'

/** A request's head as a wire sees it. */
export interface Head {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
}

/** What the path decides. */
export interface Route {
  readonly operation: Operation
  /** The model, where the path names it. */
  readonly model?: string | undefined
  /** Whether to stream, where the path says so. */
  readonly stream?: boolean | undefined
  /** How the events of a stream lie on the wire. */
  readonly framing: 'sse' | 'json-array'
}

/** A kind of work that a fake vendor can do. */
export type Operation = ChatOperation | PlainOperation

export interface ChatOperation {
  readonly kind: 'chat'
  /** Checks the body against the vendor's rules and reads it. Throws `Violation` or `Failure`. */
  read(body: JsonObject, route: Route): Asked
  whole(answer: Answer, asked: Asked, sequence: number): JsonObject
  /** The events of a stream, end mark included. */
  events(answer: Answer, asked: Asked, sequence: number): unknown[]
}

export interface PlainOperation {
  readonly kind: 'plain'
  /** Checks and answers. Throws `Violation` or `Failure`. */
  reply(body: JsonObject, route: Route): JsonObject
}

export interface FailureReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: JsonObject
}

/** One vendor's HTTP API. */
export interface Wire {
  readonly name: WireName
  /** Finds the operation; `undefined` when the path is not this wire's. Throws `Failure` for a bad head. */
  route(head: Head): Route | undefined
  /** The key the client showed, if any. */
  credential(head: Head): string | undefined
  /** Headers the vendor sends with every reply. */
  headers(sequence: number): Readonly<Record<string, string>>
  failure(failure: Failure, sequence: number): FailureReply
  /** The event that tells a failure in the middle of a stream. */
  failureEvent(failure: Failure, sequence: number): unknown
  /** Writes one event as server-sent event text; a string is written as it is. */
  frame(event: unknown): string
}
