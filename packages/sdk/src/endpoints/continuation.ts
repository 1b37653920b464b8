import type { EndpointName, EventOf, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'

/** How an answer that broke off may be gone on with elsewhere; only for endpoints whose streams are plain text. */
export interface Continuation<E extends EndpointName> {
  /** False for a request whose answer is more than one plain text: several choices, JSON, log probabilities. */
  mayServe(request: RequestOf<E>): boolean
  /** The text an event adds. */
  textOf(event: EventOf<E>): string
  /** False for an event that holds more than a piece of text, or ends the answer: nobody can go on after it. */
  isPlain(event: EventOf<E>): boolean
  /** Asks for what follows `text`, which the caller has already. */
  rest(request: RequestOf<E>, text: string): RequestOf<E>
  usageOf(event: EventOf<E>): Usage | undefined
  /** An event of the rest as part of the stream that has begun elsewhere. */
  joined(event: EventOf<E>, joint: Joint<E>): EventOf<E>
}

/** What an event is changed by to go on a stream. */
export interface Joint<E extends EndpointName> {
  /** The first event that the caller got: its id, model and time are the stream's. */
  readonly first: EventOf<E>
  /** Its text, where it is not the event's own. */
  readonly text?: string | undefined
  /** The usage to tell, where the event tells any. */
  readonly usage?: Usage | undefined
  /** Tells who reads closely that another deployment goes on here. */
  readonly mark?: JsonObject | undefined
}
