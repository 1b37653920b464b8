import type { ImageInput } from './image-edit.ts'
import type { JsonObject } from './json.ts'

/** The hub shape of `video_generation`. Source: https://platform.openai.com/docs/api-reference/videos/create */
export interface VideoGenerationRequest extends JsonObject {
  model: string
  prompt: string
  /** Length in seconds; OpenAI writes it as text. */
  seconds?: string | number | null
  /** `720x1280`: width × height in pixels. */
  size?: string | null
  /** A picture to begin with. */
  input_reference?: ImageInput | null
  user?: string | null
}

/** A video that is being made, or was. The hub's `id` is encoded: see `codecs/media/video-id.ts`. */
export interface Video extends JsonObject {
  id: string
  object: 'video'
  status: 'queued' | 'in_progress' | 'completed' | 'failed'
  /** Seconds since the epoch. */
  created_at?: number
  completed_at?: number | null
  expires_at?: number | null
  /** 0 to 100. */
  progress?: number
  model?: string
  prompt?: string | null
  seconds?: string
  size?: string
  remixed_from_video_id?: string | null
  error?: { code: string; message: string } | null
  usage?: { duration_seconds?: number; [key: string]: unknown }
}

/** What asks after a video: its state, its deletion. `video_id` is the provider's own id. */
export interface VideoRequest extends JsonObject {
  model: string
  video_id: string
  /** The id of the deployment that makes it, where several serve the model. */
  deployment?: string
}

export interface VideoContentRequest extends VideoRequest {
  variant?: 'video' | 'thumbnail' | 'spritesheet' | null
}

export interface VideoRemixRequest extends VideoRequest {
  prompt: string
}

export interface VideoListRequest extends JsonObject {
  model: string
  after?: string | null
  limit?: number | null
  order?: 'asc' | 'desc' | null
}

export interface VideoList extends JsonObject {
  object: 'list'
  data: Video[]
  first_id?: string | null
  last_id?: string | null
  has_more?: boolean
}

export interface VideoDeleted extends JsonObject {
  id: string
  object: 'video.deleted'
  deleted: boolean
}
