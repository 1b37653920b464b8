import { createError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { Video } from '../../types/video.ts'
import type { CallInfo } from '../codec.ts'
import { decodeStreamError } from '../gemini/errors.ts'
import { withPublicId } from '../media/video-id.ts'
import { noVideo } from '../openai-videos/response.ts'

/** A long-running operation → the hub's video. Source: https://google.aip.dev/151 */
export function decodeOperation(body: unknown, info: CallInfo): Video {
  if (!isJsonObject(body) || textOf(body.name) === '') throw noVideo(info)
  const done = body.done === true
  const error = isJsonObject(body.error) ? body.error : undefined
  const reason = error ? textOf(error.message) : done ? heldBack(body) : undefined
  const video: Video = {
    id: textOf(body.name),
    object: 'video',
    status: reason !== undefined ? 'failed' : done ? 'completed' : 'in_progress',
    model: info.model,
    ...(done && reason === undefined && { progress: 100 }),
    ...(reason !== undefined && {
      error: { code: textOf(error?.status) || 'video_failed', message: reason },
    }),
  }
  return withPublicId(video, info.deployment)
}

/** Where the finished video is. Throws when it is not finished, or failed. */
export function finishedVideo(body: unknown, info: CallInfo): JsonObject {
  if (!isJsonObject(body)) throw noVideo(info)
  if (isJsonObject(body.error)) throw decodeStreamError(body.error, info)
  if (body.done !== true)
    throw createError({
      kind: 'conflict',
      message: 'The video is not finished yet. Ask for its status until it is completed.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const [first] = videosOf(body)
  if (first !== undefined) return first
  const reason = heldBack(body)
  if (reason === undefined) throw noVideo(info)
  throw createError({
    kind: 'content_policy',
    message: reason,
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Vertex AI lists videos, the Gemini API samples of them. */
function videosOf({ response }: JsonObject): JsonObject[] {
  if (!isJsonObject(response)) return []
  const { videos, generateVideoResponse } = response
  if (isJsonArray(videos)) return videos.filter(isJsonObject)
  const samples = isJsonObject(generateVideoResponse) ? generateVideoResponse.generatedSamples : undefined
  if (!isJsonArray(samples)) return []
  return samples.flatMap(sample => (isJsonObject(sample) && isJsonObject(sample.video) ? [sample.video] : []))
}

/** Why there is no video although the work is done. */
function heldBack(body: JsonObject): string | undefined {
  if (videosOf(body).length > 0) return undefined
  const { response } = body
  const inner =
    isJsonObject(response) && isJsonObject(response.generateVideoResponse)
      ? response.generateVideoResponse
      : response
  const reasons =
    isJsonObject(inner) && isJsonArray(inner.raiMediaFilteredReasons) ? inner.raiMediaFilteredReasons : []
  return reasons.length > 0 ? reasons.map(textOf).join(' ') : 'The video was held back.'
}
