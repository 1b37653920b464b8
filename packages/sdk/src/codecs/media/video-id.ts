import { badRequest } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { Video } from '../../types/video.ts'

/** Where a video is being made: what its public id tells. */
export interface VideoAddress {
  /** The group it was asked of, or the deployment's id where nothing else is told (LiteLLM's ids). */
  readonly model: string
  /** The id of the deployment that makes it. */
  readonly deployment: string
  /** The provider's own id. */
  readonly videoId: string
}

const PREFIX = 'video_'
const MARK = 'litellm:custom_llm_provider:'

/**
 * The provider's id of a video as the gateway gives it out: it names the deployment, so that later questions find it
 * without a database. Opaque, not secret: who may ask is decided by the model it names. LiteLLM's shape plus the group.
 */
export function encodeVideoId(videoId: string, { provider, id, group }: Deployment): string {
  const text = `${MARK}${provider};model_id:${encodeURIComponent(id)};model:${encodeURIComponent(group)};video_id:${videoId}`
  return PREFIX + Buffer.from(text).toString('base64url')
}

const TEXT = /^litellm:custom_llm_provider:[^;]*;model_id:([^;]*);(?:model:([^;]*);)?video_id:(.+)$/s

/** What an id says; `undefined` for a provider's own id. */
export function decodeVideoId(id: string): VideoAddress | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  const text = Buffer.from(id.slice(PREFIX.length), 'base64url').toString('utf8')
  const [, deployment, group, videoId] = TEXT.exec(text) ?? []
  if (deployment === undefined || videoId === undefined) return undefined
  try {
    const pinned = decodeURIComponent(deployment)
    return { model: group === undefined ? pinned : decodeURIComponent(group), deployment: pinned, videoId }
  } catch {
    return undefined
  }
}

/** A video of the provider, with the id that its deployment is found by. */
export function withPublicId(video: Video, deployment: Deployment): Video {
  const { remixed_from_video_id: source } = video
  return {
    ...video,
    id: encodeVideoId(video.id, deployment),
    ...(source && { remixed_from_video_id: encodeVideoId(source, deployment) }),
  }
}

/** What a client's id means; `model` serves ids that are the provider's own. Throws `BadRequestError`. */
export function readVideoId(
  id: unknown,
  model: unknown,
): { model: string; video_id: string; deployment?: string } {
  if (typeof id !== 'string' || id === '') throw badRequest('video_id: must name a video.', 'video_id')
  const address = decodeVideoId(id)
  if (address) return { model: address.model, deployment: address.deployment, video_id: address.videoId }
  if (typeof model === 'string' && model !== '') return { model, video_id: id }
  throw badRequest(
    'video_id: this id was not given out here, so its model is unknown; name the model beside it (?model=…).',
    'video_id',
  )
}
