import type { EndpointName, EventOf, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import type { Warning } from '../types/warning.ts'
import type { Continuation } from './continuation.ts'
import type { StreamMeter } from './meter.ts'

/** How far a request may be repaired, and what is known of where it goes. */
export interface RepairInfo {
  /** LiteLLM's `modify_params`. */
  readonly modifyParams?: boolean | undefined
  readonly maxOutputTokens?: number | undefined
  /** Parameters that the provider's format deals with itself. */
  readonly knows: ReadonlySet<string>
  warn(warning: Warning): void
}

/**
 * The facts of one endpoint, so that no guardrail, counter, cache or log ever switches on the endpoint's name.
 */
export interface Endpoint<E extends EndpointName = EndpointName> {
  readonly name: E
  /** LiteLLM's `call_type` in spend rows. */
  readonly callType: string
  /** Parameters OpenAI knows for this endpoint; others are provider-specific. */
  readonly openaiParams: ReadonlySet<string>
  /** The smallest request that means something, `model` left to whoever sends it: what a provider can do is tried on it. */
  readonly sample?: Omit<RequestOf<E>, 'model'> | undefined
  /** Fragments that really ask for a parameter, where they differ from what the same name asks of a chat. */
  readonly paramSamples?: Readonly<Record<string, JsonObject>>
  /** Every text a caller wrote, in order. */
  texts(request: RequestOf<E>): string[]
  /** The same request with its texts replaced, in the same order. */
  withTexts(request: RequestOf<E>, texts: readonly string[]): RequestOf<E>
  /** Every text the model wrote. */
  replyTexts(response: ResponseOf<E>): string[]
  withReplyTexts(response: ResponseOf<E>, texts: readonly string[]): ResponseOf<E>
  usage(response: ResponseOf<E>): Usage | undefined
  /** The same answer with its usage, for providers that tell none. */
  withUsage?(response: ResponseOf<E>, usage: Usage): ResponseOf<E>
  /** The event of a stream that tells the usage; `last` is the one before it. */
  usageEvent?(last: EventOf<E>, usage: Usage): EventOf<E>
  /** The most output tokens the caller allows, when stated. */
  maxOutputTokens(request: RequestOf<E>): number | undefined
  /** What is charged by the piece (images, seconds, characters, pages), as far as request and answer tell. */
  units?(request: RequestOf<E>, response: ResponseOf<E> | undefined): Units | undefined
  /** What comes before the model's name where price lists have a price per variant (`hd/1024-x-1024/`), most exact first. */
  priceVariants?(request: RequestOf<E>, response: ResponseOf<E> | undefined): readonly string[]
  /** The id of the deployment that alone can answer, where the request is about something that it keeps. */
  pin?(request: RequestOf<E>): string | undefined
  /** True for what nobody charges for: asking after a job, deleting its result. */
  readonly isFree?: true
  /** True where asking twice makes nothing twice but the answer: such a call may be hedged and mirrored. */
  readonly isRepeatable?: true
  /** True for an event without output: a stream that fails after nothing but such has given the caller nothing. */
  isPreamble?(event: EventOf<E>): boolean
  /** How its streams are gone on with elsewhere, where they can be. */
  readonly continuation?: Continuation<E>
  /** Reads the events of a stream, for endpoints that stream. */
  createMeter?(request: RequestOf<E>): StreamMeter<EventOf<E>>
  /** The request without what strict providers refuse, as far as the caller lets it be repaired; each repair recorded. */
  repaired?(request: RequestOf<E>, info: RepairInfo): RequestOf<E>
  /** Every URL of an image, video or file in the request, `data:` URIs among them. */
  mediaUrls?(request: RequestOf<E>): string[]
  /** The same request with its media elsewhere. */
  withMediaUrls?(request: RequestOf<E>, replace: (url: string) => string): RequestOf<E>
  /** Addresses in an answer whose content the caller asked for in their place. */
  replyMediaUrls?(request: RequestOf<E>, response: ResponseOf<E>): string[]
  /** The answer with what lay at those addresses, as base64. */
  withReplyMedia?(response: ResponseOf<E>, contents: ReadonlyMap<string, string>): ResponseOf<E>
  /** Answers for a provider that has no such endpoint, without a network. */
  readonly answer?: (request: RequestOf<E>, model: string) => Promise<ResponseOf<E>>
  /** Events → whole reply, as seen so far. Serves cache, logs, cost and the SDK's chunk builder. */
  fold?(events: readonly EventOf<E>[]): ResponseOf<E>
  /** Whole reply → events, for caches and providers that cannot stream. */
  unfold?(response: ResponseOf<E>): EventOf<E>[]
}
