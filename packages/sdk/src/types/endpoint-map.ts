import type { ChatChunk, ChatRequest, ChatResponse } from './chat.ts'
import type { CountTokensResponse } from './count-tokens.ts'
import type { EmbeddingRequest, EmbeddingResponse } from './embedding.ts'

/** Every endpoint (a kind of work) with its hub shapes. A new endpoint starts with a line here. */
export interface Hub {
  chat: { request: ChatRequest; response: ChatResponse; event: ChatChunk }
  count_tokens: { request: ChatRequest; response: CountTokensResponse; event: never }
  embedding: { request: EmbeddingRequest; response: EmbeddingResponse; event: never }
}

export type EndpointName = keyof Hub
export type RequestOf<E extends EndpointName> = Hub[E]['request']
export type ResponseOf<E extends EndpointName> = Hub[E]['response']
export type EventOf<E extends EndpointName> = Hub[E]['event']
