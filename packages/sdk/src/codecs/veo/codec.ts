import { badRequest } from '../../errors.ts'
import { textOf } from '../../types/json.ts'
import type { VideoGenerationRequest } from '../../types/video.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { Codec, FollowUp, UpstreamHalf, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { noVideo } from '../openai-videos/response.ts'
import { decodeOperation, finishedVideo } from './operation.ts'
import { encodeVeo } from './request.ts'

type VideoEndpoint = 'video_generation' | 'video_status' | 'video_content'

/** How one of Google's two APIs is asked about an operation, by its name. */
export interface VeoAddress {
  readonly operation: (name: string) => WireRequest
}

/** Veo: a job that is started, looked at, and fetched. Source: https://ai.google.dev/gemini-api/docs/video */
export function veoAt({ operation }: VeoAddress) {
  return {
    video_generation: codec('video_generation', {
      params: new Set(['input_reference', 'seconds', 'size']),
      inlines: () => true,
      encodeRequest: encodeVeo,
      decodeResponse(body, info) {
        const { prompt, seconds, size } = (info.request ?? {}) as Partial<VideoGenerationRequest>
        const video = decodeOperation(body, info)
        return {
          ...video,
          status: video.status === 'in_progress' ? 'queued' : video.status,
          created_at: Math.floor(info.now / 1000),
          ...(prompt !== undefined && { prompt }),
          seconds: String(seconds ?? USUAL_SECONDS),
          ...(size && { size }),
        }
      },
    }),
    video_status: codec('video_status', {
      params: new Set(),
      encodeRequest: ({ video_id: name }) => operation(name),
      decodeResponse: decodeOperation,
    }),
    video_content: codec('video_content', {
      params: new Set(),
      takesBytes: true,
      encodeRequest: ({ video_id: name }) => operation(name),
      follow: ({ body }, _request, info): FollowUp | undefined =>
        body instanceof WireBytes ? undefined : fetchOf(finishedVideo(body, info)),
      decodeResponse(body, info) {
        if (body instanceof WireBytes) return body
        const { bytesBase64Encoded: bytes, mimeType } = finishedVideo(body, info)
        if (typeof bytes !== 'string') throw noVideo(info)
        return new WireBytes(Buffer.from(bytes, 'base64'), textOf(mimeType) || 'video/mp4')
      },
    }),
  }
}

/** What Veo makes when nothing is said. */
const USUAL_SECONDS = 8

/** The bytes may be in the answer; else they lie in a bucket, or at an address of Google's. */
function fetchOf({ uri, gcsUri }: Record<string, unknown>): FollowUp | undefined {
  if (typeof uri === 'string') return { method: 'GET', url: uri, afterMs: 0 }
  if (typeof gcsUri !== 'string') return undefined
  const [, bucket = '', object = ''] = /^gs:\/\/([^/]+)\/(.+)$/.exec(gcsUri) ?? []
  const place = `b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object)}`
  return { method: 'GET', url: `https://storage.googleapis.com/storage/v1/${place}?alt=media`, afterMs: 0 }
}

function codec<E extends VideoEndpoint>(
  endpoint: E,
  upstream: Omit<UpstreamHalf<E>, 'decodeError'>,
): Codec<E> {
  return { endpoint, format: 'veo', framing: 'sse', upstream: { ...upstream, decodeError } }
}

const SEGMENT = '[\\w-][\\w.@-]*'
const GEMINI_NAME = new RegExp(`^models/${SEGMENT}/operations/${SEGMENT}$`)
const VERTEX_NAME = new RegExp(
  `^(projects/${SEGMENT}/locations/${SEGMENT}/publishers/${SEGMENT}/models/${SEGMENT})/operations/${SEGMENT}$`,
)

/** The Gemini API's Veo; its operations have names below the API version. */
export const geminiVeo = veoAt({
  operation(name) {
    checked(GEMINI_NAME, name)
    return { method: 'GET', path: `/v1beta/${name}`, body: {} }
  },
})

/** Vertex AI's; the model the operation belongs to is asked. */
export const vertexVeo = veoAt({
  operation(name) {
    const model = checked(VERTEX_NAME, name)
    return { path: `/v1/${model}:fetchPredictOperation`, body: { operationName: name } }
  },
})

/** Callers give ids back, and may make them up: none may lead to anything else that the key can read. */
function checked(pattern: RegExp, name: string): string | undefined {
  const match = pattern.exec(name)
  if (match) return match[1]
  throw badRequest('video_id: is no video of this provider.', 'video_id')
}
