import { createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Video, VideoDeleted, VideoList } from '../../types/video.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { encodeVideoId, withPublicId } from '../media/video-id.ts'
import { decodeLateError } from '../openai-chat/errors/errors.ts'

/** OpenAI's video object, under its public id. */
export function decodeVideo(body: unknown, info: CallInfo): Video {
  return withPublicId(videoOf(body, info), info.deployment)
}

export function decodeVideoList(body: unknown, info: CallInfo): VideoList {
  if (!isJsonObject(body) || !Array.isArray(body.data)) throw noVideo(info)
  const { deployment } = info
  const ends: JsonObject = {}
  for (const key of ['first_id', 'last_id'])
    if (typeof body[key] === 'string') ends[key] = encodeVideoId(body[key], deployment)
  return {
    ...body,
    object: 'list',
    data: body.data.map(item => withPublicId(videoOf(item, info), deployment)),
    ...ends,
  }
}

export function decodeDeleted(body: unknown, info: CallInfo): VideoDeleted {
  if (!isJsonObject(body) || typeof body.id !== 'string') throw noVideo(info)
  return {
    ...body,
    id: encodeVideoId(body.id, info.deployment),
    object: 'video.deleted',
    deleted: body.deleted === true,
  }
}

/** The file itself. */
export function decodeContent(body: unknown, info: CallInfo): WireBytes {
  if (body instanceof WireBytes) return body
  if (isJsonObject(body) && body.error != null) throw decodeLateError(body.error, info)
  throw noVideo(info)
}

/** The error for an answer that is no video. */
export function noVideo(info: CallInfo, why = 'The provider answered a video request without a video.') {
  return createError({
    kind: 'bad_gateway',
    message: why,
    provider: info.deployment.provider,
    model: info.model,
  })
}

function videoOf(body: unknown, info: CallInfo): Video {
  if (!isJsonObject(body) || typeof body.id !== 'string') throw noVideo(info)
  return { ...body, object: 'video', status: body.status ?? 'queued' } as Video
}
