import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Codec, UpstreamHalf, WireRequest } from '../codec.ts'
import { decodeError } from '../openai-chat/errors.ts'
import { imageForm } from '../openai-images/form.ts'
import { stated } from '../openai-images/options.ts'
import { decodeVideoId } from '../video-id.ts'
import {
  decodeContentRequest,
  decodeGeneration,
  decodeListRequest,
  decodeRemix,
  decodeVideoRequest,
  inboundOf,
} from './inbound.ts'
import { decodeContent, decodeDeleted, decodeVideo, decodeVideoList } from './response.ts'

/** Where a vendor keeps its videos. */
export interface OpenaiVideosOptions {
  /** Before `/videos`, below the base URL. */
  readonly prefix?: string
  readonly query?: (deployment: Deployment) => Readonly<Record<string, string>> | undefined
}

const NO_PARAMS: ReadonlySet<string> = new Set()

/** The six operations on videos. Source: https://platform.openai.com/docs/api-reference/videos */
export function openaiVideosWith({ prefix = '', query }: OpenaiVideosOptions) {
  const at = (deployment: Deployment, tail: string): Pick<WireRequest, 'path' | 'query'> => {
    const more = query?.(deployment)
    return { path: `${prefix}/videos${tail}`, ...(more && { query: more }) }
  }
  const one = (id: string) => `/${encodeURIComponent(id)}`
  return {
    video_generation: codec('video_generation', inboundOfForms(), {
      params: new Set(['input_reference', 'seconds', 'size', 'user']),
      inlines: () => true,
      encodeRequest: (request, { model, deployment }) => ({
        ...at(deployment, ''),
        body: {},
        payload: imageForm({ ...stated(request), model }),
      }),
      decodeResponse: decodeVideo,
    }),
    video_status: codec('video_status', inboundOf<'video_status'>(decodeVideoRequest), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id }, { deployment }) => ({
        ...at(deployment, one(id)),
        method: 'GET',
        body: {},
      }),
      decodeResponse: decodeVideo,
    }),
    video_content: codec('video_content', inboundOf<'video_content'>(decodeContentRequest), {
      params: new Set(['variant']),
      takesBytes: true,
      encodeRequest({ video_id: id, variant }, { deployment }) {
        const { path, query: more } = at(deployment, `${one(id)}/content`)
        return { path: path ?? '', query: { ...more, ...(variant && { variant }) }, method: 'GET', body: {} }
      },
      decodeResponse: decodeContent,
    }),
    video_remix: codec('video_remix', inboundOf<'video_remix'>(decodeRemix), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id, prompt }, { deployment }) => ({
        ...at(deployment, `${one(id)}/remix`),
        body: { prompt },
      }),
      decodeResponse: decodeVideo,
    }),
    video_delete: codec('video_delete', inboundOf<'video_delete'>(decodeVideoRequest), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id }, { deployment }) => ({
        ...at(deployment, one(id)),
        method: 'DELETE',
        body: {},
      }),
      decodeResponse: decodeDeleted,
    }),
    video_list: codec('video_list', inboundOf<'video_list'>(decodeListRequest), {
      params: new Set(['after', 'limit', 'order']),
      encodeRequest({ after, limit, order }, { deployment }) {
        const { path, query: more } = at(deployment, '')
        const asked = stated({ after: after && (decodeVideoId(after)?.videoId ?? after), limit, order })
        const texts = Object.fromEntries(Object.entries(asked).map(([key, value]) => [key, String(value)]))
        return { path: path ?? '', query: { ...more, ...texts }, method: 'GET', body: {} }
      },
      decodeResponse: decodeVideoList,
    }),
  }
}

export const openaiVideos = openaiVideosWith({})

function inboundOfForms() {
  return { ...inboundOf<'video_generation'>(decodeGeneration), takesForms: true as const }
}

function codec<E extends EndpointName>(
  endpoint: E,
  inbound: NonNullable<Codec<E>['inbound']>,
  upstream: Omit<UpstreamHalf<E>, 'decodeError'>,
): Codec<E> {
  return {
    endpoint,
    format: 'openai-videos',
    framing: 'sse',
    upstream: { ...upstream, decodeError },
    inbound,
  }
}
