import type { CallInfo, Codec, FollowUp, WireReply, WireRequest } from '../../codecs/codec.ts'
import { addressOf } from '../../codecs/media/image-input.ts'
import { nearestSize } from '../../codecs/media/image-size.ts'
import { withPublicId } from '../../codecs/media/video-id.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { noVideo } from '../../codecs/openai-videos/response.ts'
import { badRequest } from '../../errors.ts'
import { isJsonObject, textOf } from '../../types/json.ts'
import type { Video, VideoGenerationRequest } from '../../types/video.ts'
import { WireBytes } from '../../types/wire-body.ts'
import { outputsOf, taskFailure } from '../images/runwayml-tasks.ts'
import type { Provider } from '../provider.ts'

const RATIOS = ['1280:720', '720:1280', '1104:832', '832:1104', '960:960', '1584:672'] as const

/** A picture makes it image-to-video. Source: https://docs.dev.runwayml.com/api/ */
function encodeGeneration(request: VideoGenerationRequest, info: CallInfo): WireRequest {
  const { prompt, seconds, size, input_reference: _, ...rest } = stated(request)
  const duration = seconds === undefined ? undefined : Number(seconds)
  if (duration !== undefined && !(duration > 0))
    throw badRequest('seconds: must be a number of seconds above 0, such as "5".', 'seconds')
  const picture = request.input_reference
  return {
    path: picture == null ? '/v1/text_to_video' : '/v1/image_to_video',
    body: {
      ratio: nearestSize(size, RATIOS, info.warn) ?? RATIOS[0],
      ...rest,
      model: info.model,
      promptText: prompt,
      ...(duration !== undefined && { duration }),
      ...(picture != null && { promptImage: addressOf(picture) }),
    },
  }
}

const STATUSES: Readonly<Record<string, Video['status']>> = {
  PENDING: 'queued',
  THROTTLED: 'queued',
  RUNNING: 'in_progress',
  SUCCEEDED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'failed',
}

function decodeTask(body: unknown, info: CallInfo): Video {
  if (!isJsonObject(body) || typeof body.id !== 'string') throw noVideo(info)
  const { progress, createdAt } = body
  const status = STATUSES[textOf(body.status)] ?? 'queued'
  const created = typeof createdAt === 'string' ? Date.parse(createdAt) : info.now
  const video: Video = {
    id: body.id,
    object: 'video',
    status,
    created_at: Math.floor((Number.isNaN(created) ? info.now : created) / 1000),
    model: info.model,
    ...(typeof progress === 'number' && { progress: Math.round(progress * 100) }),
    ...(status === 'completed' && { progress: 100 }),
    ...(status === 'failed' && {
      error: {
        code: textOf(body.failureCode) || textOf(body.status),
        message: textOf(body.failure) || 'The task ended without a video.',
      },
    }),
  }
  return withPublicId(video, info.deployment)
}

/** The task tells where the file lies, which is then fetched. */
function followContent(reply: WireReply, _request: unknown, info: CallInfo): FollowUp | undefined {
  const { body } = reply
  if (body instanceof WireBytes) return undefined
  const [url] = outputsOf(body)
  if (typeof url === 'string') return { method: 'GET', url, afterMs: 0 }
  if (isJsonObject(body) && STATUSES[textOf(body.status)] === 'failed') throw taskFailure(body, info)
  throw badRequest('video_id: this video is not finished yet; ask for its status first.', 'video_id')
}

const taskPath = (id: string) => `/v1/tasks/${encodeURIComponent(id)}`

const generation: Codec<'video_generation'> = {
  endpoint: 'video_generation',
  format: 'runwayml',
  framing: 'sse',
  upstream: {
    params: new Set(['input_reference', 'seconds', 'size']),
    encodeRequest: encodeGeneration,
    decodeResponse: decodeTask,
    decodeError,
  },
}

const status: Codec<'video_status'> = {
  endpoint: 'video_status',
  format: 'runwayml',
  framing: 'sse',
  upstream: {
    params: new Set(),
    encodeRequest: ({ video_id: id }) => ({ method: 'GET', path: taskPath(id), body: {} }),
    decodeResponse: decodeTask,
    decodeError,
  },
}

const content: Codec<'video_content'> = {
  endpoint: 'video_content',
  format: 'runwayml',
  framing: 'sse',
  upstream: {
    params: new Set(),
    takesBytes: true,
    encodeRequest: ({ video_id: id }) => ({ method: 'GET', path: taskPath(id), body: {} }),
    follow: followContent,
    decodeResponse(body, info) {
      if (body instanceof WireBytes) return body
      throw noVideo(info)
    },
    decodeError,
  },
}

export const RUNWAYML_VIDEOS: Provider['endpoints'] = {
  video_generation: [{ codec: generation, path: '/v1/text_to_video' }],
  video_status: [{ codec: status, path: '/v1/tasks' }],
  video_content: [{ codec: content, path: '/v1/tasks' }],
}
