import type { ChatChunk, ChatRequest, ChatResponse } from './chat.ts'
import type { CountTokensResponse } from './count-tokens.ts'
import type { EmbeddingRequest, EmbeddingResponse } from './embedding.ts'
import type { ImageEditRequest } from './image-edit.ts'
import type { ImageEvent, ImageGenerationRequest, ImageResponse } from './image-generation.ts'
import type { ImageVariationRequest } from './image-variation.ts'
import type { ModerationRequest, ModerationResponse } from './moderation.ts'
import type { OcrRequest, OcrResponse } from './ocr.ts'
import type { RerankRequest, RerankResponse } from './rerank.ts'
import type { SearchRequest, SearchResponse } from './search.ts'
import type { SpeechEvent, SpeechRequest, SpeechResponse } from './speech.ts'
import type { TextCompletionRequest, TextCompletionResponse } from './text-completion.ts'
import type { TranscriptionEvent, TranscriptionRequest, TranscriptionResponse } from './transcription.ts'
import type {
  Video,
  VideoContentRequest,
  VideoDeleted,
  VideoGenerationRequest,
  VideoList,
  VideoListRequest,
  VideoRemixRequest,
  VideoRequest,
} from './video.ts'
import type { WireBytes } from './wire-body.ts'

/** Every endpoint (a kind of work) with its hub shapes. A new endpoint starts with a line here. */
export interface Hub {
  chat: { request: ChatRequest; response: ChatResponse; event: ChatChunk }
  count_tokens: { request: ChatRequest; response: CountTokensResponse; event: never }
  embedding: { request: EmbeddingRequest; response: EmbeddingResponse; event: never }
  text_completion: {
    request: TextCompletionRequest
    response: TextCompletionResponse
    event: TextCompletionResponse
  }
  moderation: { request: ModerationRequest; response: ModerationResponse; event: never }
  rerank: { request: RerankRequest; response: RerankResponse; event: never }
  speech: { request: SpeechRequest; response: SpeechResponse; event: SpeechEvent }
  transcription: {
    request: TranscriptionRequest
    response: TranscriptionResponse
    event: TranscriptionEvent
  }
  translation: { request: TranscriptionRequest; response: TranscriptionResponse; event: never }
  image_generation: { request: ImageGenerationRequest; response: ImageResponse; event: ImageEvent }
  image_edit: { request: ImageEditRequest; response: ImageResponse; event: ImageEvent }
  image_variation: { request: ImageVariationRequest; response: ImageResponse; event: never }
  video_generation: { request: VideoGenerationRequest; response: Video; event: never }
  video_status: { request: VideoRequest; response: Video; event: never }
  video_content: { request: VideoContentRequest; response: WireBytes; event: never }
  video_remix: { request: VideoRemixRequest; response: Video; event: never }
  video_delete: { request: VideoRequest; response: VideoDeleted; event: never }
  video_list: { request: VideoListRequest; response: VideoList; event: never }
  ocr: { request: OcrRequest; response: OcrResponse; event: never }
  search: { request: SearchRequest; response: SearchResponse; event: never }
}

export type EndpointName = keyof Hub
export type RequestOf<E extends EndpointName> = Hub[E]['request']
export type ResponseOf<E extends EndpointName> = Hub[E]['response']
export type EventOf<E extends EndpointName> = Hub[E]['event']
