import { readVideoId } from '../../codecs/media/video-id.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type {
  Video,
  VideoDeleted,
  VideoGenerationRequest,
  VideoList,
  VideoListRequest,
} from '../../types/video.ts'
import type { WireBytes } from '../../types/wire-body.ts'
import type { WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

const FORMAT = 'openai-videos'

/** Names a video: by the id it was given out under, or by the provider's own id and its model. */
export interface VideoReference extends JsonObject {
  video_id: string
  model?: string
}

/**
 * Begins to make a video. Ask `videoStatus` until it is completed, then fetch it with `videoContent`.
 *
 * @example
 * const { id } = await videoGeneration({ model: 'openai/sora-2', prompt: 'waves at night', seconds: '8' })
 */
export function videoGeneration(
  request: VideoGenerationRequest,
  options: RunOptions = {},
): Promise<WithFacts<Video>> {
  return whole('video_generation', request, options)
}

/** How far a video is. */
export function videoStatus(request: VideoReference, options: RunOptions = {}): Promise<WithFacts<Video>> {
  return whole('video_status', found(request), options)
}

/** The file of a finished video, or a picture of it (`variant`). */
export function videoContent(
  request: VideoReference & { variant?: 'video' | 'thumbnail' | 'spritesheet' },
  options: RunOptions = {},
): Promise<WithFacts<WireBytes>> {
  return whole('video_content', found(request), options)
}

/** A video made anew from another. */
export function videoRemix(
  request: VideoReference & { prompt: string },
  options: RunOptions = {},
): Promise<WithFacts<Video>> {
  return whole('video_remix', { ...found(request), prompt: request.prompt }, options)
}

export function videoDelete(
  request: VideoReference,
  options: RunOptions = {},
): Promise<WithFacts<VideoDeleted>> {
  return whole('video_delete', found(request), options)
}

/** The videos at the model's provider. */
export function videoList(
  request: VideoListRequest,
  options: RunOptions = {},
): Promise<WithFacts<VideoList>> {
  return whole('video_list', request, options)
}

function found(request: VideoReference) {
  return { ...request, ...readVideoId(request.video_id, request.model) }
}

async function whole<E extends EndpointName>(
  endpoint: E,
  request: RequestOf<E>,
  options: RunOptions,
): Promise<WithFacts<ResponseOf<E>>> {
  return (await run(endpoint, request, options, FORMAT)) as WithFacts<ResponseOf<E>>
}
